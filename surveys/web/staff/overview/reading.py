"""All that the overview shows, read in a few grouped queries; the numbers are the rooms' own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from models import Alumnus, Survey
from surveys.building.reading import EARLIEST_YEAR
from surveys.indicators.counting import answer_instants, list_surveys, period_of
from surveys.indicators.finding import HEADLINE, get_definition, is_demo_only
from surveys.indicators.value import IndicatorValue, value_of
from surveys.rates.census import list_unit_rates, take_census
from surveys.rates.curve import Mark, Point, cumulate, list_marks, list_slices
from surveys.rates.formulas import Rate
from surveys.rates.funnel import Funnel, add_up
from surveys.rates.heat import Heat, lay_heat
from surveys.rates.outlook import Outlook, read_outlook
from surveys.web.staff.overview.lines import SurveyLine, list_lines, list_newest
from surveys.web.staff.overview.mails import Mails, read_mails
from surveys.web.staff.watching.next_mailing import NextMailing, find_next_mailing


@dataclass(frozen=True)
class Overview:
    """The indicator of one year with its curve and funnel; the surveys, the outbox.

    Real or demo, never both. `counted`: the year's surveys, newest first. `heat` and `units` are of
    the newest of them.
    """

    value: IndicatorValue
    counted: Sequence[Survey]
    points: Sequence[Point]
    marks: Sequence[Mark]
    outlook: Outlook | None
    funnel: Funnel
    heat: Heat | None
    units: Sequence[tuple[str | None, Rate]]
    lines: Sequence[SurveyLine]
    next_mailing: NextMailing | None
    mails: Mails
    has_people: bool
    is_past: bool

    @property
    def first_at(self) -> datetime:
        """When the first of the year's surveys opens; there is one."""
        return min(survey.opens_at for survey in self.counted)

    @property
    def last_at(self) -> datetime:
        """When the last of the year's surveys ends; there is one."""
        return max(survey.ends_at() for survey in self.counted)


def read_overview(session: Session, *, year: int | None, now: datetime, zone: tzinfo) -> Overview:
    """Return the overview of `year` (this year when None) at `now`, a past one at its cut-off.

    A year to come, or long before any survey, is this one. Demo data where nothing else was ever
    loaded.
    """
    is_demo = is_demo_only(session, code=HEADLINE)
    this_year = now.astimezone(zone).year
    shown = year if year and EARLIEST_YEAR <= year <= this_year else this_year
    known = get_definition(session, code=HEADLINE, is_demo=is_demo)
    period = period_of(shown, now=now, zone=zone)
    counted = list_surveys(session, known=known, period=period)
    ids = [survey.id for survey in counted]
    # The curve's answers are the numerator: counting them once more would double the work.
    slices = list_slices(session, instants=answer_instants(known, period, surveys=counted))
    answered = sum(count for _, count in slices)
    listed = list_newest(session, is_demo=is_demo)
    cohorts = take_census(session, survey_ids={*ids, *(survey.id for survey in listed)})
    funnel = add_up(cohort for cohort in cohorts if cohort.survey_id in ids)
    newest = [cohort for cohort in cohorts if ids and cohort.survey_id == ids[0]]
    return Overview(
        value=value_of(session, known=known, period=period, answered=answered),
        counted=counted,
        points=cumulate(slices, zone=zone),
        marks=list_marks(session, survey_ids=ids, zone=zone),
        outlook=read_outlook(
            session,
            survey_ids=ids,
            slices=slices,
            reachable=funnel.reachable,
            now=now,
            ends_at=max(survey.ends_at() for survey in counted),
        )
        if counted
        else None,
        funnel=funnel,
        heat=lay_heat(newest),
        units=list_unit_rates(newest),
        lines=list_lines(listed, cohorts, now=now),
        next_mailing=find_next_mailing(session, now=now, is_demo=is_demo),
        mails=read_mails(session, is_demo=is_demo, now=now),
        has_people=bool(session.scalar(select(exists().where(Alumnus.is_demo.is_(is_demo))))),
        is_past=shown < this_year,
    )
