"""All cases of some surveys in one pass, by faculty and graduation year: what the overview adds up.

One query reads the index that covers it, in the index's own order, so that 100,000 cases need no
sorting. Its codes are those of `dispositions`, and every rate made of it is by `formulas`.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, not_, or_, select
from sqlalchemy.orm import Session

from models import Invitation, MailState
from surveys.rates.dispositions import is_complete, is_ineligible
from surveys.rates.formulas import Counts, Rate, compute_rates
from surveys.rates.small_cells import find_hidden


@dataclass(frozen=True)
class Cohort:
    """Cases of one survey, faculty and year that got so far; see Funnel for the words."""

    survey_id: int
    unit: str | None
    year: int | None
    invited: int
    not_eligible: int
    mailed: int
    started: int
    completed: int
    unfinished: int
    reachable: int
    not_mailed: int = 0

    @property
    def eligible(self) -> int:
        """How many its rates are of: what makes it small is not who was invited by mistake."""
        return self.invited - self.not_eligible


def take_census(session: Session, *, survey_ids: Collection[int]) -> list[Cohort]:
    """Return the cohorts of some surveys."""
    place = Invitation.survey_id, Invitation.unit, Invitation.graduation_year
    is_open = and_(
        Invitation.responded_at.is_(None),
        Invitation.declined_at.is_(None),
        Invitation.manual_code.is_(None),
    )
    has_answered = Invitation.answered_count >= 1
    is_submitted = Invitation.responded_at.is_not(None)
    is_mailed = Invitation.mail_state != MailState.NONE
    rows = session.execute(
        select(
            *place,
            func.count(),
            _count(is_ineligible()),
            _count(Invitation.mail_state.not_in([MailState.NONE, MailState.UNKNOWN])),
            _count(or_(has_answered, is_submitted)),
            _count(is_complete()),
            _count(and_(is_open, has_answered)),
            _count(or_(is_submitted, and_(is_open, is_mailed))),
            _count(not_(is_mailed)),
        )
        .join(Invitation.survey_version)
        .where(Invitation.survey_id.in_(survey_ids))
        .group_by(*place)
    )
    return [Cohort(*tuple(row)) for row in rows]


def rate_of(cohorts: Iterable[Cohort]) -> Rate:
    """Return RR1 of some cohorts together."""
    counted = list(cohorts)
    completed = sum(cohort.completed for cohort in counted)
    ineligible = sum(cohort.not_eligible for cohort in counted)
    rest = sum(cohort.invited for cohort in counted) - ineligible - completed
    # Whatever became of the rest, RR1 counts all of it below the line.
    counts = Counts(complete=completed, unknown_existence=rest, not_eligible=ineligible)
    return compute_rates(counts)["RR1"]


def list_unit_rates(cohorts: Iterable[Cohort]) -> list[tuple[str | None, Rate]]:
    """Return RR1 of each faculty of one survey that may be shown."""
    by_unit: dict[str | None, list[Cohort]] = {}
    for cohort in cohorts:
        by_unit.setdefault(cohort.unit, []).append(cohort)
    sizes = {unit: sum(c.eligible for c in group) for unit, group in by_unit.items()}
    hidden = find_hidden(sizes)
    return [
        (unit, rate_of(group))
        for unit, group in by_unit.items()
        if sizes[unit] and unit not in hidden
    ]


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(condition)
