"""The look before the leap: who would be mailed what and when, who not, what blocks the launch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import not_, select
from sqlalchemy.orm import Session

from models import Indicator, Survey
from surveys.building.definition import Definition, from_document
from surveys.building.revisions import SurveyAlreadyLaunched
from surveys.errors import N_
from surveys.inviting.advice import (
    advise_on_contacts,
    advise_on_indicator,
    advise_on_mailboxes,
    advise_on_time,
    advise_on_words,
)
from surveys.inviting.audience import list_unknown_headings, select_audience, select_matching
from surveys.inviting.headcount import Tally, count_heads, find_shared_mailboxes
from surveys.inviting.lately import asked_lately
from surveys.inviting.notes import Note, note
from surveys.inviting.obstacles import block_on_gap, block_on_headings, find_obstacles
from surveys.inviting.plan import Planned, plan_mailings
from surveys.tokens import Keys

LAUNCHED = N_("This survey is launched already (%(launched_at)s).")


@dataclass(frozen=True)
class Forecast:
    """One mailing to come. `recipient_count` is the most that it can reach: people may answer."""

    planned: Planned
    recipient_count: int


@dataclass(frozen=True)
class Check:
    """What a launch would do. `audience_count` are the cases that it makes.

    `excluded` are the people without mail by reason; see Headcount.
    A launch is refused while `obstacles` is not empty; `warnings` stop nothing.
    """

    survey: str
    timezone: str
    audience_count: int
    mailable_count: int
    excluded: Mapping[str, Tally]
    mailings: Sequence[Forecast]
    warnings: Sequence[Note]
    obstacles: Sequence[Note]


def check(session: Session, *, survey: Survey, keys: Keys, now: datetime) -> Check:
    """Return what a launch of the survey at `now` would do. Raises AudienceRuleUnusable."""
    definition = from_document(survey.definition)
    checked = examine(session, survey=survey, plan=plan_mailings(definition), keys=keys, now=now)
    if survey.launched_at is None:
        return checked
    launched = note(SurveyAlreadyLaunched.code, LAUNCHED, launched_at=survey.launched_at)
    return Check(**{**vars(checked), "obstacles": [launched, *checked.obstacles]})


def examine(
    session: Session, *, survey: Survey, plan: list[Planned], keys: Keys, now: datetime
) -> Check:
    """Return the check of the survey's draft under a given plan. Raises AudienceRuleUnusable."""
    definition = from_document(survey.definition)
    people = select_audience(definition.audience, is_demo=survey.is_demo)
    matching = select_matching(definition.audience, is_demo=survey.is_demo)
    people = select_audience(definition.audience, is_demo=survey.is_demo)
    lately = asked_lately(survey, definition, plan, now)
    heads = count_heads(session, people=matching, lately=lately, definition=definition, keys=keys)
    shared = find_shared_mailboxes(session, people.where(not_(lately)))
    indicator = _find_indicator(session, survey)
    unknown = list_unknown_headings(session, definition.audience, is_demo=survey.is_demo)
    return Check(
        survey=survey.code,
        timezone=definition.timezone,
        audience_count=heads.audience,
        mailable_count=heads.mailable,
        excluded=heads.excluded,
        mailings=[_forecast(survey, planned, heads.mailable) for planned in plan],
        warnings=[
            *_warnings_of_plan(survey, definition, plan, now),
            *advise_on_mailboxes(shared),
            *advise_on_indicator(survey.indicator_code, is_loaded=indicator is not None),
        ],
        obstacles=[
            *block_on_headings(unknown),
            *block_on_gap(definition, indicator),
            *find_obstacles(survey, definition, plan, heads, now),
        ],
    )


def _warnings_of_plan(
    survey: Survey, definition: Definition, plan: list[Planned], now: datetime
) -> list[Note]:
    return [
        *advise_on_time(plan, closes_at=survey.closes_at, now=now),
        *advise_on_contacts(plan),
        *advise_on_words(definition, plan),
    ]


def _forecast(survey: Survey, planned: Planned, mailable_count: int) -> Forecast:
    is_sent = planned.due_at < survey.closes_at
    return Forecast(planned, recipient_count=mailable_count if is_sent else 0)


def _find_indicator(session: Session, survey: Survey) -> Indicator | None:
    """Return the newest definition that was loaded of the indicator that the survey serves."""
    return session.scalar(
        select(Indicator)
        .where(Indicator.code == survey.indicator_code, Indicator.is_demo.is_(survey.is_demo))
        .order_by(Indicator.version.desc())
        .limit(1)
    )
