"""What other systems are told of an indicator's years: new figures, and a target that is met."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Announcement, Document, Survey, WebhookEvent
from surveys.indicators.counting import list_years
from surveys.indicators.finding import IndicatorUnknown, get_definition
from surveys.reporting.announced import (
    TARGET_MET,
    Subject,
    Terms,
    has_had,
    hold,
    is_due,
    note_occasion,
    note_told,
    read_announcements,
    say,
)
from surveys.reporting.indicators import indicator_year_document
from surveys.reporting.revisions import read_indicator_revision
from surveys.reporting.sight import NotVisible
from surveys.reporting.standing import Standing
from surveys.reporting.wire import read_survey_name
from surveys.webhooks.types import EventType

COPIED = ("revision", "respondents", "population", "value", "target", "needed", "status")


@dataclass(frozen=True)
class Year:
    """One year of an indicator of one world."""

    code: str
    year: int
    is_demo: bool

    @property
    def resource(self) -> str:
        """The name under which it is told of."""
        return f"{'demo-' if self.is_demo else ''}indicator:{self.code}:{self.year}"


@dataclass(frozen=True)
class Told:
    """How many events an announcement made; by id the surveys by which a target was just met."""

    count: int
    survey_ids: Sequence[int] = ()


def find_years_to_tell(session: Session, *, terms: Terms) -> Sequence[Year]:
    """Return the years of which something may be due; nothing is counted for it."""
    used = session.execute(
        select(Survey.indicator_code, Survey.is_demo)
        .where(Survey.indicator_code.is_not(None), Survey.launched_at.is_not(None))
        .distinct()
    )
    return [
        year
        for code, is_demo in used.all()
        if code is not None
        for year in _find_due(session, code, is_demo=is_demo, terms=terms)
    ]


def announce_year(session: Session, *, year: Year, terms: Terms) -> Told:
    """Tell what is due of one year; an unchanged one is only marked as looked at."""
    told = hold(session, resource=year.resource)
    try:
        document = indicator_year_document(
            session,
            code=year.code,
            year=year.year,
            is_demo=year.is_demo,
            now=terms.now,
            zone=terms.zone,
        )
    except (IndicatorUnknown, NotVisible):
        return Told(0)
    data = _data(document, terms)
    revision = data["revision"]
    # Asked again with the row locked: another process may just have told it.
    is_first = _is_first_met(told, document)
    may_tell = (
        is_first or is_due(told, revision=revision, terms=terms) or _is_over(told, year, terms)
    )
    told.seen_revision = max(revision, told.seen_revision)
    count = 0
    if is_first:
        note_occasion(told, TARGET_MET)
        count += _say(session, EventType.INDICATOR_TARGET_MET, year, TARGET_MET, data, terms)
    if may_tell:
        note_told(told, revision=revision, now=terms.now)
        count += _tell_change(session, year, data, terms)
    session.flush()
    return Told(count, _list_ids(session, document["surveys"]) if is_first else ())


def _find_due(session: Session, code: str, *, is_demo: bool, terms: Terms) -> Sequence[Year]:
    try:
        known = get_definition(session, code=code, is_demo=is_demo)
    except IndicatorUnknown:
        return []
    revision = read_indicator_revision(session, code=code, is_demo=is_demo).revision
    this_year = terms.now.astimezone(terms.zone).year
    numbers = {*known.definition.targets, *list_years(session, known=known, zone=terms.zone)}
    years = [Year(code, number, is_demo) for number in sorted(numbers) if number <= this_year]
    told = read_announcements(session, resources=[year.resource for year in years])
    return [
        year
        for year in years
        if is_due(told.get(year.resource), revision=revision, terms=terms)
        or _may_be_met(
            told.get(year.resource),
            revision=revision,
            # Of a year that is over little changes, and that can wait.
            has_target=year.year == this_year and this_year in known.definition.targets,
        )
        or _is_over(told.get(year.resource), year, terms)
    ]


def _may_be_met(told: Announcement | None, *, revision: int, has_target: bool) -> bool:
    """A target that was not met when it was last looked at may be met by now."""
    if not has_target or has_had(told, TARGET_MET):
        return False
    return told is None or revision > told.seen_revision


def _is_over(told: Announcement | None, year: Year, terms: Terms) -> bool:
    """A year that ends by the calendar may have another standing, with no count changed."""
    if told is None or told.announced_at is None:
        return True
    this_year = terms.now.astimezone(terms.zone).year
    return told.announced_at.astimezone(terms.zone).year <= year.year < this_year


def _list_ids(session: Session, names: Sequence[str]) -> Sequence[int]:
    public_ids = [read_survey_name(name) for name in names]
    return session.scalars(select(Survey.id).where(Survey.public_id.in_(public_ids))).all()


def _is_first_met(told: Announcement, document: Document) -> bool:
    return document["status"] == Standing.MET and not has_had(told, TARGET_MET)


def _tell_change(session: Session, year: Year, data: Document, terms: Terms) -> int:
    """The counters rise for what changes no figure, too: such a change is not told."""
    last = session.scalar(
        select(WebhookEvent)
        .where(
            WebhookEvent.type == EventType.INDICATOR_UPDATED,
            WebhookEvent.resource == year.resource,
            WebhookEvent.is_in_feed,
        )
        .order_by(WebhookEvent.id.desc())
        .limit(1)
    )
    if last is not None and _figures(last.data) == _figures(data):
        return 0
    occasion = f"{data['revision']}:{data['status']}"
    return _say(session, EventType.INDICATOR_UPDATED, year, occasion, data, terms)


def _figures(data: Document) -> Document:
    return {name: value for name, value in data.items() if name not in ("revision", "href")}


def _data(document: Document, terms: Terms) -> Document:
    return {
        "indicator": document["code"],
        "year": document["year"],
        **{name: document[name] for name in COPIED},
        "href": terms.base_url + document["links"]["self"],
    }


def _say(
    session: Session, kind: EventType, year: Year, occasion: str, data: Document, terms: Terms
) -> int:
    subject = Subject(year.resource, is_demo=year.is_demo, indicator_code=year.code)
    return say(session, kind, subject=subject, occasion=occasion, data=data, now=terms.now)
