"""One pass over the audience: who can be mailed, who not and why, whose name is missing.

People come in batches, so that a million of them need no more memory than a thousand.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import Session

from models import Alumnus
from surveys.building.definition import Definition
from surveys.delivery.placeholders import Person, find_empty, values_of
from surveys.delivery.suppressed import find_suppressed
from surveys.i18n import pick_text
from surveys.tokens import Keys

BATCH_SIZE = 1_000
EXAMPLES = 5
SUPPRESSED = "suppressed"
INELIGIBLE = "ineligible"
ASKED_LATELY = "asked_lately"
# Whoever is left out for these reasons is no case of the survey.
NOT_ASKED = (INELIGIBLE, ASKED_LATELY)
COLUMNS = (
    Alumnus.id,
    Alumnus.external_id,
    Alumnus.email,
    Alumnus.email_fault,
    Alumnus.language,
    Alumnus.given_name,
    Alumnus.family_name,
    Alumnus.programme,
    Alumnus.unit,
    Alumnus.graduation_year,
    Alumnus.ineligible_at,
)


@dataclass
class Tally:
    """How many people, and the keys of the first few."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, external_id: str) -> None:
        """Count one more person."""
        self.count += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(external_id)


@dataclass
class Headcount:
    """The audience in numbers: `audience` are the cases that a launch makes.

    `excluded` by reason: missing, malformed, suppressed are cases without mail; ineligible and
    asked_lately (NOT_ASKED) are no cases. `empty` by (language, placeholder): people with an
    address for whom a placeholder that some mail needs has no value.
    """

    audience: int = 0
    mailable: int = 0
    excluded: dict[str, Tally] = field(default_factory=dict)
    empty: dict[tuple[str, str], Tally] = field(default_factory=dict)


@dataclass(frozen=True)
class SharedMailboxes:
    """Mailboxes that two or more people of the audience have in common."""

    mailboxes: int
    people: int
    example: str


def count_heads(
    session: Session,
    *,
    people: Select[Alumnus],
    lately: ColumnElement[bool],
    definition: Definition,
    keys: Keys,
) -> Headcount:
    """Return the audience that `people` selects in numbers; `lately` tells whom to spare of it."""
    needed = {
        language: {name for text in texts for name in names_without_fallback(text)}
        for language, texts in _texts_by_language(definition).items()
    }
    heads = Headcount()
    for person, reason in judge_each(session, people=people, lately=lately, keys=keys):
        _count(heads, person, reason)
        if person.email and reason not in NOT_ASKED:
            language = language_for(person.language, definition.languages)
            _count_empty(heads, person, language, needed[language])
    return heads


def judge_each(
    session: Session, *, people: Select[Alumnus], lately: ColumnElement[bool], keys: Keys
) -> Iterator[tuple[Row[Any], str | None]]:
    """Yield everybody that `people` selects with the reason why they get no mail, or None."""
    columns = (*COLUMNS, lately.label(ASKED_LATELY))
    for batch in iterate_batches(session, people, columns):
        suppressed = find_suppressed(session, people=[(p.id, p.email) for p in batch], keys=keys)
        for person in batch:
            yield person, _find_reason(person, is_suppressed=person.id in suppressed)


def iterate_batches(
    session: Session, people: Select[Alumnus], columns: Iterable[Any]
) -> Iterator[Sequence[Row[Any]]]:
    """Yield these columns of the people that `people` selects, BATCH_SIZE rows at a time."""
    rows = session.execute(
        people.with_only_columns(*columns), execution_options={"yield_per": BATCH_SIZE}
    )
    yield from rows.partitions()


def language_for(wish: str | None, languages: Sequence[str]) -> str:
    """Return a person's language where the survey has it, else the survey's first."""
    return wish if wish and wish in languages else languages[0]


def names_without_fallback(text: str) -> list[str]:
    """Return the placeholders of `text` that an empty value would leave blank."""
    return find_empty(text, {})


def find_shared_mailboxes(session: Session, people: Select[Alumnus]) -> SharedMailboxes | None:
    """Return how many people share how many mailboxes, or None when nobody does."""
    shared = (
        people.with_only_columns(
            func.count().label("people"), func.min(Alumnus.external_id).label("example")
        )
        .where(Alumnus.email.is_not(None))
        .order_by(None)
        .group_by(Alumnus.email)
        .having(func.count() > 1)
        .subquery()
    )
    row = session.execute(
        select(func.count(), func.sum(shared.c.people), func.min(shared.c.example))
    ).one()
    mailboxes, sharers, example = row
    return SharedMailboxes(mailboxes, int(sharers), example) if mailboxes else None


def _texts_by_language(definition: Definition) -> Mapping[str, list[str]]:
    return {
        language: [
            pick_text(text, language)
            for mailing in definition.mailings
            for text in (mailing.subject, mailing.text)
            if text
        ]
        for language in definition.languages
    }


def _find_reason(person: Row[Any], *, is_suppressed: bool) -> str | None:
    if person.ineligible_at is not None:
        return INELIGIBLE
    if person.asked_lately:
        return ASKED_LATELY
    fault: str | None = person.email_fault
    return fault or (SUPPRESSED if is_suppressed else None)


def _count(heads: Headcount, person: Row[Any], reason: str | None) -> None:
    heads.audience += reason not in NOT_ASKED
    if reason is None:
        heads.mailable += 1
    else:
        heads.excluded.setdefault(reason, Tally()).add(person.external_id)


def _has_everything(person: Row[Any]) -> bool:
    """Tell whether no placeholder can be empty; so it is for most, and cheaper than filling."""
    names = (person.given_name, person.family_name, person.programme, person.unit)
    return bool(person.graduation_year) and all(names) and not any(map(str.isspace, names))


def _count_empty(heads: Headcount, person: Row[Any], language: str, needed: set[str]) -> None:
    if not needed or _has_everything(person):
        return
    known = Person(
        given_name=person.given_name,
        family_name=person.family_name,
        programme=person.programme,
        unit=person.unit,
        graduation_year=person.graduation_year,
    )
    # What the survey itself fills is never empty; any text stands for it here.
    values = values_of(known, survey_title="-", closes_on="-", link="-")
    for name in needed:
        if not values[name]:
            heads.empty.setdefault((language, name), Tally()).add(person.external_id)
