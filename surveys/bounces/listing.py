"""Returned mails for staff: what needs a look, or all of them, the newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, defer

from models import Alumnus, Invitation, Mailing, MailReport, Message, ReportVerdict, Survey
from surveys.errors import N_, DonutError

PAGE_SIZE = 50


class View(StrEnum):
    """Which returned mails: those that wait for a person, dead addresses, replies, all."""

    OPEN = "open"
    STOPPED = "stopped"
    REPLIES = "replies"
    ALL = "all"


class ReportUnknown(DonutError):
    """There is no such returned mail."""

    code = "report_unknown"
    status = 404
    message = N_("There is no such returned mail.")


@dataclass(frozen=True)
class Shown:
    """One returned mail with the person, mail and survey that it is about, where that is known."""

    report: MailReport
    message: Message | None
    mailing: Mailing | None
    survey: Survey | None
    person: Alumnus | None


@dataclass(frozen=True)
class ReportPage:
    """One page, how many there are in all, and where the next page begins."""

    rows: Sequence[Shown]
    count: int
    next_before: int | None


def list_reports(session: Session, *, view: View, before: int | None = None) -> ReportPage:
    """Return the returned mails of a view that are older than the row `before`."""
    chosen = _conditions(view)
    counted = select(func.count()).select_from(MailReport).where(*chosen)
    count = session.scalars(counted).one()
    if before is not None:
        chosen.append(MailReport.id < before)
    query = _joined().where(*chosen).order_by(MailReport.id.desc()).limit(PAGE_SIZE + 1)
    rows = [Shown(*row) for row in session.execute(query.options(defer(MailReport.raw)))]
    has_more = len(rows) > PAGE_SIZE
    rows = rows[:PAGE_SIZE]
    return ReportPage(rows, count, rows[-1].report.id if has_more else None)


def count_open(session: Session) -> int:
    """Return how many returned mails wait for a person."""
    counted = select(func.count()).select_from(MailReport).where(*_conditions(View.OPEN))
    return session.scalars(counted).one()


def get_report(session: Session, *, report_id: int) -> Shown:
    """Return one returned mail. Raises ReportUnknown."""
    row = session.execute(_joined().where(MailReport.id == report_id)).one_or_none()
    if row is None:
        raise ReportUnknown
    return Shown(*row)


def _joined() -> Select[MailReport, Message, Mailing, Survey, Alumnus]:
    return (
        select(MailReport, Message, Mailing, Survey, Alumnus)
        .outerjoin(Message, Message.id == MailReport.message_id)
        .outerjoin(Mailing, Mailing.id == Message.mailing_id)
        .outerjoin(Survey, Survey.id == Mailing.survey_id)
        .outerjoin(Invitation, Invitation.id == Message.invitation_id)
        .outerjoin(Alumnus, Alumnus.id == Invitation.alumnus_id)
    )


def _conditions(view: View) -> list[ColumnElement[bool]]:
    waits = MailReport.verdict.in_([ReportVerdict.ALERTED, ReportVerdict.KEPT])
    by_view: dict[View, list[ColumnElement[bool]]] = {
        View.OPEN: [MailReport.settled_at.is_(None), waits],
        View.STOPPED: [MailReport.verdict == ReportVerdict.SUPPRESSED],
        View.REPLIES: [MailReport.verdict == ReportVerdict.NOTED],
        View.ALL: [],
    }
    return list(by_view[view])
