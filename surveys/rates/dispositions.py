"""What became of each case: one code an Invitation, counted in one grouped query.

The code rests on the Invitation's own columns, a staff member's word included, and on the
thresholds frozen with its SurveyVersion. Only the person's own final submit makes a complete case
(1.1): answers that were saved and never submitted are at most partial (1.2).
Source: AAPOR Standard Definitions, 2011-2016 editions; the 2023 edition may renumber.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import Invitation, MailState, ManualCode, SurveyVersion
from surveys.errors import N_
from surveys.rates.formulas import Counts

COMPLETE = "1.1"
PARTIAL = "1.2"
BROKEN_OFF = "2.12"
DECLINED = "2.111"
NOTHING_ANSWERED = "2.1121"
AWAY = "2.26"
MOVED = "3.40"
RETURNED = "3.30"
NO_REACTION = "3.19"
NEVER_SENT = "3.11"
NOT_A_GRADUATE = ManualCode.NOT_A_GRADUATE.value
DIED_BEFORE = ManualCode.DIED_BEFORE.value
DIED_IN_FIELD = ManualCode.DIED_IN_FIELD.value
# The field of Counts that is in no rate.
NOT_ELIGIBLE = "not_eligible"


@dataclass(frozen=True)
class Disposition:
    """One outcome: the field of Counts that it falls into, its group's letters, its meaning."""

    field: str
    group: str
    label: str


# In order of rank: the first that is true of a case is its code.
DISPOSITIONS: Mapping[str, Disposition] = {
    NOT_A_GRADUATE: Disposition(NOT_ELIGIBLE, "NE", N_("not a graduate")),
    DIED_BEFORE: Disposition(NOT_ELIGIBLE, "NE", N_("died before the invitation")),
    COMPLETE: Disposition("complete", "I", N_("finished: core questions or enough of all")),
    PARTIAL: Disposition("partial", "P", N_("partly answered, or answered by phone")),
    BROKEN_OFF: Disposition("refused", "R", N_("started and broke off")),
    DECLINED: Disposition("refused", "R", N_("asked for no more mail")),
    NOTHING_ANSWERED: Disposition("refused", "R", N_("opened the form, answered nothing")),
    DIED_IN_FIELD: Disposition("other", "O", N_("died while the survey ran")),
    AWAY: Disposition("not_reached", "NC", N_("away until after the closing day")),
    MOVED: Disposition("unknown_other", "UO", N_("mail came back with another address")),
    RETURNED: Disposition("unknown_other", "UO", N_("mail came back, no such mailbox")),
    NO_REACTION: Disposition("unknown_existence", "UH", N_("mailed, no reaction")),
    NEVER_SENT: Disposition("unknown_existence", "UH", N_("never mailed")),
}


def code_of() -> ColumnElement[str]:
    """Return the SQL expression of a case's code; needs Invitation and its SurveyVersion."""
    return case(
        (is_ineligible(), Invitation.manual_code),
        (is_complete(), COMPLETE),
        (_has_share(SurveyVersion.partial_percent), PARTIAL),
        (Invitation.manual_code == ManualCode.ANSWERED_BY_PHONE, PARTIAL),
        (Invitation.answered_count >= 1, BROKEN_OFF),
        (Invitation.declined_at.is_not(None), DECLINED),
        (Invitation.started_at.is_not(None), NOTHING_ANSWERED),
        (Invitation.manual_code == DIED_IN_FIELD, DIED_IN_FIELD),
        (Invitation.mail_state == MailState.AWAY, AWAY),
        (Invitation.mail_state == MailState.MOVED, MOVED),
        (Invitation.mail_state == MailState.RETURNED, RETURNED),
        (Invitation.mail_state.in_([MailState.SENT, MailState.UNKNOWN]), NO_REACTION),
        else_=NEVER_SENT,
    )


def is_ineligible() -> ColumnElement[bool]:
    """Return whether a case is in no rate at all (NE)."""
    return Invitation.manual_code.in_([NOT_A_GRADUATE, DIED_BEFORE])


def is_complete() -> ColumnElement[bool]:
    """Return whether a case is complete (1.1): submitted by the person, and enough of it."""
    is_eligible = or_(Invitation.manual_code.is_(None), not_(is_ineligible()))
    return and_(is_submitted_whole(), is_eligible)


def is_submitted_whole() -> ColumnElement[bool]:
    """Return whether the person submitted enough, whatever staff were told of them since."""
    # What most cases lack stands first, so that an engine looks at little else of them.
    return and_(Invitation.responded_at.is_not(None), _is_enough())


def count_dispositions(session: Session, *, survey_id: int) -> dict[str, int]:
    """Return the cases of one survey by code, each code that can occur, in order of rank."""
    return count_by_survey(session, survey_ids=[survey_id])[survey_id]


def count_by_survey(session: Session, *, survey_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """Return the cases of some surveys by survey and code, in one query."""
    code = code_of().label("code")
    rows = session.execute(
        select(Invitation.survey_id, code, func.count())
        .join(Invitation.survey_version)
        .where(Invitation.survey_id.in_(survey_ids))
        .group_by(Invitation.survey_id, code)
    )
    counted = {survey_id: dict.fromkeys(DISPOSITIONS, 0) for survey_id in survey_ids}
    for survey_id, found, number in rows:
        counted[survey_id][found] = number
    return counted


def count_unconfirmed(session: Session, *, survey_id: int) -> int:
    """Return the cases of which nobody knows whether their only mail went out (within 3.19)."""
    found = session.scalar(
        select(func.count())
        .select_from(Invitation)
        .join(Invitation.survey_version)
        .where(
            Invitation.survey_id == survey_id,
            Invitation.mail_state == MailState.UNKNOWN,
            code_of() == NO_REACTION,
        )
    )
    return found or 0


def count_returned(session: Session, *, survey_id: int) -> int:
    """Return the cases whose last mail came back for good, whatever the person did besides."""
    found = session.scalar(
        select(func.count()).where(
            Invitation.survey_id == survey_id,
            Invitation.mail_state.in_([MailState.MOVED, MailState.RETURNED]),
        )
    )
    return found or 0


def to_counts(dispositions: Mapping[str, int]) -> Counts:
    """Return the cases by group, from the cases by code."""
    sums: dict[str, int] = {}
    for code, number in dispositions.items():
        field = DISPOSITIONS[code].field
        sums[field] = sums.get(field, 0) + number
    return Counts(**sums)


def _is_enough() -> ColumnElement[bool]:
    return or_(Invitation.is_core_answered, _has_share(SurveyVersion.complete_percent))


def _has_share(percent: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Whether the answered share reaches `percent`; with no answer at all it reaches none."""
    return and_(
        Invitation.answered_count >= 1,
        Invitation.answered_count * 100 >= percent * Invitation.applicable_count,
    )
