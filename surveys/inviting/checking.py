"""The look before the leap: who would be mailed what and when, who not, what blocks the launch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import false, not_, select
from sqlalchemy.orm import Session

from models import Indicator, Survey
from surveys.building.definition import Definition, from_document
from surveys.building.problems import Problems, list_problems
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
from surveys.inviting.expecting import (
    Experience,
    expect_further,
    expect_recipients,
    read_experience,
)
from surveys.inviting.headcount import INELIGIBLE, Tally, count_heads, find_shared_mailboxes
from surveys.inviting.lately import asked_lately
from surveys.inviting.notes import Note, note
from surveys.inviting.obstacles import block_on_gap, block_on_headings, find_obstacles
from surveys.inviting.plan import Planned, plan_mailings
from surveys.inviting.stored_plan import Progress, list_progress, select_invited, to_planned
from surveys.tokens import Keys

LAUNCHED = N_("This survey is launched already (%(launched_at)s).")


@dataclass(frozen=True)
class Forecast:
    """One mailing. `recipient_count` is the most that it can reach, `expected_count` the likely.

    Of a launched survey: whom it reached or would reach, and its MailingState as `state`.
    """

    planned: Planned
    recipient_count: int
    expected_count: int
    state: str | None = None


@dataclass(frozen=True)
class Check:
    """What a launch would do. `audience_count` are the cases that it makes.

    `excluded` are the people without mail by reason; see Headcount. A launch is refused while
    `is_blocked`: by `obstacles`, or by what is wrong with the draft itself (`problems`); `warnings`
    stop nothing.
    """

    survey: str
    timezone: str
    audience_count: int
    mailable_count: int
    excluded: Mapping[str, Tally]
    mailings: Sequence[Forecast]
    warnings: Sequence[Note]
    obstacles: Sequence[Note]
    problems: Problems
    experience: Experience

    @property
    def is_blocked(self) -> bool:
        """Whether a launch would be refused."""
        return bool(self.obstacles or self.problems.blocking)


def check(session: Session, *, survey: Survey, keys: Keys, now: datetime) -> Check:
    """Return what a launch of the survey at `now` would do; what was done, of a launched one.

    Raises AudienceRuleUnusable.
    """
    if survey.launched_at is not None:
        return check_launched(session, survey=survey, keys=keys, now=now)
    plan = plan_mailings(from_document(survey.definition))
    return examine(session, survey=survey, plan=plan, keys=keys, now=now)


def check_launched(session: Session, *, survey: Survey, keys: Keys, now: datetime) -> Check:
    """Return whom a launched survey asks and how its stored plan stands; a launch is refused."""
    definition = from_document(survey.versions[-1].definition)
    people = select_invited(survey)
    heads = count_heads(session, people=people, lately=false(), definition=definition, keys=keys)
    progress = list_progress(session, survey=survey)
    to_come = [to_planned(found.mailing) for found in progress if found.is_open]
    experience = read_experience(session, is_demo=survey.is_demo, now=now)
    not_eligible = heads.excluded.get(INELIGIBLE, Tally()).count
    return Check(
        survey=survey.code,
        timezone=definition.timezone,
        audience_count=heads.audience + not_eligible,
        mailable_count=heads.mailable,
        excluded=heads.excluded,
        mailings=_standing_of(progress, experience),
        # What is due goes out with the next tick.
        warnings=[
            warning
            for warning in _warnings_of_plan(survey, definition, to_come, now)
            if warning.code != "overdue"
        ],
        obstacles=[note(SurveyAlreadyLaunched.code, LAUNCHED, launched_at=survey.launched_at)],
        problems=Problems([], []),
        experience=experience,
    )


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
    experience = read_experience(session, is_demo=survey.is_demo, now=now)
    return Check(
        survey=survey.code,
        timezone=definition.timezone,
        audience_count=heads.audience,
        mailable_count=heads.mailable,
        excluded=heads.excluded,
        mailings=_forecast(survey, plan, heads.mailable, experience),
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
        problems=list_problems(survey.definition),
        experience=experience,
    )


def _warnings_of_plan(
    survey: Survey, definition: Definition, plan: list[Planned], now: datetime
) -> list[Note]:
    return [
        *advise_on_time(plan, closes_at=survey.closes_at, now=now),
        *advise_on_contacts(plan),
        *advise_on_words(definition, plan),
    ]


def _forecast(
    survey: Survey, plan: list[Planned], mailable_count: int, experience: Experience
) -> list[Forecast]:
    expected = expect_recipients(plan, mailable_count=mailable_count, experience=experience)
    return [
        Forecast(planned, mailable_count, count)
        if planned.due_at < survey.closes_at
        else Forecast(planned, 0, 0)
        for planned, count in zip(plan, expected, strict=True)
    ]


def _standing_of(progress: Sequence[Progress], experience: Experience) -> list[Forecast]:
    return [
        Forecast(
            to_planned(found.mailing),
            found.sent_count + found.waiting_count,
            expected,
            state=found.mailing.state,
        )
        for found, expected in zip(
            progress, expect_further(progress, experience=experience), strict=True
        )
    ]


def _find_indicator(session: Session, survey: Survey) -> Indicator | None:
    """Return the newest definition that was loaded of the indicator that the survey serves."""
    return session.scalar(
        select(Indicator)
        .where(Indicator.code == survey.indicator_code, Indicator.is_demo.is_(survey.is_demo))
        .order_by(Indicator.version.desc())
        .limit(1)
    )
