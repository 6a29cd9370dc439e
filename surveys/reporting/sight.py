"""What a reader may see: which surveys and indicators are there for them, and which groups."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, not_, or_, select
from sqlalchemy.orm import Session, defer

from models import Survey, SurveyState
from surveys.errors import N_, DonutError
from surveys.reporting.wire import read_survey_name

# Asked whenever somebody asks whether a rate changed, so it is built once.
BY_NAME = (
    select(Survey)
    .options(defer(Survey.definition))
    .where(Survey.public_id == bindparam("public_id"), Survey.launched_at.is_not(None))
)


class NotVisible(DonutError):
    """What is not there and what this reader may not see are told apart by nobody."""

    code = "not_found"
    status = 404
    message = N_("There is nothing here, or this key may not see it.")


@dataclass(frozen=True)
class Sight:
    """Real or demo surveys, of one indicator or all; `unit` narrows the groups that are told.

    Totals of a survey and of an indicator are told to everybody who may see it at all.
    """

    is_demo: bool
    indicator_code: str | None = None
    unit: str | None = None

    def covers(self, code: str) -> bool:
        """Tell whether an indicator may be seen."""
        return self.indicator_code in (None, code)

    def takes_in(self, *, is_demo: bool, indicator_code: str | None) -> bool:
        """Tell whether such a launched survey may be seen, as `conditions_of` does in a query."""
        return is_demo is self.is_demo and self.indicator_code in (None, indicator_code)

    def takes_in_survey(self, survey: Survey) -> bool:
        """Tell whether a launched survey may be seen."""
        return self.takes_in(is_demo=survey.is_demo, indicator_code=survey.indicator_code)


def find_survey(session: Session, *, name: str, sight: Sight) -> Survey:
    """Return the launched survey that is called `name` (`srv_…`), without its draft.

    Raises NotVisible, for drafts too.
    """
    public_id = read_survey_name(name)
    if public_id is None:
        raise NotVisible
    survey = session.scalar(BY_NAME, {"public_id": public_id})
    if survey is None or not sight.takes_in_survey(survey):
        raise NotVisible
    return survey


def conditions_of(sight: Sight) -> list[ColumnElement[bool]]:
    """Return what is true of the surveys in sight."""
    conditions: list[ColumnElement[bool]] = [
        Survey.launched_at.is_not(None),
        Survey.is_demo.is_(sight.is_demo),
    ]
    if sight.indicator_code is not None:
        conditions.append(Survey.indicator_code == sight.indicator_code)
    return conditions


def is_in_state(state: SurveyState, now: datetime) -> ColumnElement[bool]:
    """Return whether a launched survey is in `state` at `now`, as Survey.state_at tells it."""
    closed_early = and_(Survey.closed_at.is_not(None), Survey.closed_at <= now)
    is_over = or_(Survey.closes_at <= now, closed_early)
    is_running = and_(not_(is_over), Survey.paused_at.is_(None))
    conditions: dict[SurveyState, ColumnElement[bool]] = {
        SurveyState.DRAFT: Survey.launched_at.is_(None),
        SurveyState.CLOSED: is_over,
        SurveyState.PAUSED: and_(not_(is_over), Survey.paused_at.is_not(None)),
        SurveyState.SCHEDULED: and_(is_running, Survey.opens_at > now),
        SurveyState.OPEN: and_(is_running, Survey.opens_at <= now),
    }
    return conditions[state]
