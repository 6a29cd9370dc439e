"""What blocks a launch, each with its cause and its cure."""

from collections.abc import Iterator
from datetime import datetime

from models import Indicator, Survey
from models.indicator import Denominator
from surveys.building.definition import Definition
from surveys.errors import N_
from surveys.i18n import pick_text
from surveys.inviting.headcount import Headcount, names_without_fallback
from surveys.inviting.notes import Note, note
from surveys.inviting.plan import Planned, invitation_of, is_too_late

ANONYMOUS = "anonymous"


def find_obstacles(
    survey: Survey, definition: Definition, plan: list[Planned], heads: Headcount, now: datetime
) -> list[Note]:
    """Return everything that blocks a launch of `plan` at `now`; nothing when it can go."""
    return [
        *_of_promise(definition),
        *_of_people(heads),
        *_of_time(survey, plan, now),
        *block_on_empty(plan, heads),
    ]


def block_on_headings(unknown: list[str]) -> Iterator[Note]:
    """Block on each heading of the audience that nobody in the roster has."""
    for heading in unknown:
        yield note("heading_unknown", NO_HEADING, heading=heading)


def block_on_gap(definition: Definition, indicator: Indicator | None) -> Iterator[Note]:
    """Block on sparing people where that would raise the indicator by shrinking its base."""
    if (
        definition.contact_gap_days
        and indicator is not None
        and indicator.denominator == Denominator.INVITED
    ):
        yield note("gap_shrinks_indicator", SHRINKS, indicator=indicator.code)


def _of_promise(definition: Definition) -> Iterator[Note]:
    if definition.confidentiality == ANONYMOUS:
        yield note("anonymous_impossible", NOT_ANONYMOUS)


def _of_people(heads: Headcount) -> Iterator[Note]:
    if heads.audience == 0:
        yield note("audience_empty", NOBODY)
    elif heads.mailable == 0:
        yield note("nobody_mailable", NO_MAIL, count=heads.audience)


def _of_time(survey: Survey, plan: list[Planned], now: datetime) -> Iterator[Note]:
    invitation = invitation_of(plan)
    if survey.closes_at <= now:
        yield note("closing_past", CLOSING_PAST, closes_at=survey.closes_at)
    elif is_too_late(invitation, now):
        yield note("invitation_too_late", TOO_LATE, at=invitation.due_at)


def block_on_empty(plan: list[Planned], heads: Headcount) -> Iterator[Note]:
    """Block on each placeholder of a mailing that some people have no value for."""
    for planned in plan:
        for (language, name), tally in sorted(heads.empty.items()):
            if name in _names_in(planned, language):
                yield note(
                    "placeholder_empty",
                    EMPTY,
                    position=planned.position,
                    kind=planned.kind,
                    language=language,
                    name=name,
                    count=tally.count,
                    example=tally.examples[0],
                )


def _names_in(planned: Planned, language: str) -> set[str]:
    texts = (text for text in (planned.mailing.subject, planned.mailing.text) if text)
    return {name for text in texts for name in names_without_fallback(pick_text(text, language))}


NOT_ANONYMOUS = N_(
    "This survey promises anonymity, and that promise can't be kept yet: personal links tie each"
    " answer to a person. Make it confidential and tell people so."
)
NOBODY = N_("Nobody in the roster belongs to the audience. Check the audience's rules.")
NO_HEADING = N_(
    "Nobody in the roster has anything under the heading %(heading)s. Write it in the audience as"
    " it stands in the imported file."
)
SHRINKS = N_(
    "The indicator %(indicator)s counts the people who were invited. Leaving out whom another"
    " survey asked lately would raise it without one more answer. Ask everybody."
)
NO_MAIL = N_("None of the %(count)s people of the audience can be mailed.")
CLOSING_PAST = N_("The closing time is past: %(closes_at)s.")
TOO_LATE = N_(
    "The invitation was due at %(at)s, more than a day ago. Choose a later time, or launch so that"
    " it is sent at once."
)
EMPTY = N_(
    "Mailing %(position)s (%(kind)s, %(language)s): {%(name)s} is empty for %(count)s people, one"
    " of them %(example)s. Complete the roster or give a fallback: {%(name)s|…}"
)
