"""All that a launched survey's page shows; the numbers are the rooms' own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Mailing, Message, MessageState, Survey
from surveys.rates.census import take_census
from surveys.rates.curve import Mark, Point, cumulate, instants_of, list_marks, list_slices
from surveys.rates.dispositions import count_dispositions, to_counts
from surveys.rates.formulas import Rate, compute_rates
from surveys.rates.funnel import Funnel, add_up
from surveys.rates.groups import Group, list_all_groups
from surveys.rates.heat import Heat, lay_heat
from surveys.rates.outlook import Outlook, read_outlook
from surveys.web.staff.watching.next_mailing import NextMailing, find_next_mailing

WAITING = (MessageState.QUEUED, MessageState.CLAIMED, MessageState.SENDING)


@dataclass(frozen=True)
class MailingLine:
    """One mailing of the plan and its messages by state; `number` counts the reminders."""

    mailing: Mailing
    number: int
    counts: Mapping[str, int]

    @property
    def waiting(self) -> int:
        """How many of its messages are on their way."""
        return sum(self.counts.get(state, 0) for state in WAITING)


@dataclass(frozen=True)
class SurveyWatch:
    """One launched survey as it stands; `groups` by field of the roster."""

    survey: Survey
    dispositions: Mapping[str, int]
    rates: Mapping[str, Rate]
    points: Sequence[Point]
    marks: Sequence[Mark]
    outlook: Outlook
    funnel: Funnel
    heat: Heat | None
    groups: Mapping[str, Sequence[Group]]
    mailings: Sequence[MailingLine]
    next_mailing: NextMailing | None


def read_watch(session: Session, *, survey: Survey, now: datetime, zone: tzinfo) -> SurveyWatch:
    """Return what is known of a launched survey at `now`."""
    dispositions = count_dispositions(session, survey_id=survey.id)
    slices = list_slices(session, instants=instants_of(survey.id))
    cohorts = take_census(session, survey_ids=[survey.id])
    funnel = add_up(cohorts)
    return SurveyWatch(
        survey=survey,
        dispositions=dispositions,
        rates=compute_rates(to_counts(dispositions)),
        points=cumulate(slices, zone=zone),
        marks=list_marks(session, survey_ids=[survey.id], zone=zone),
        outlook=read_outlook(
            session,
            survey_ids=[survey.id],
            slices=slices,
            reachable=funnel.reachable,
            now=now,
            ends_at=survey.ends_at(),
        ),
        funnel=funnel,
        heat=lay_heat(cohorts),
        groups=list_all_groups(session, survey_id=survey.id),
        mailings=_list_mailings(session, survey.id),
        next_mailing=find_next_mailing(
            session, now=now, is_demo=survey.is_demo, survey_id=survey.id
        ),
    )


def _list_mailings(session: Session, survey_id: int) -> list[MailingLine]:
    mailings = session.scalars(
        select(Mailing).where(Mailing.survey_id == survey_id).order_by(Mailing.position)
    ).all()
    counts: dict[int, dict[str, int]] = {}
    rows = session.execute(
        select(Message.mailing_id, Message.state, func.count())
        .where(Message.mailing_id.in_([mailing.id for mailing in mailings]))
        .group_by(Message.mailing_id, Message.state)
    )
    for mailing_id, state, count in rows:
        counts.setdefault(mailing_id, {})[state] = count
    seen: dict[str, int] = {}
    lines = []
    for mailing in mailings:
        seen[mailing.kind] = seen.get(mailing.kind, 0) + 1
        lines.append(MailingLine(mailing, seen[mailing.kind], counts.get(mailing.id, {})))
    return lines
