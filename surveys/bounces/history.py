"""What came back before: of one address, of one mailing, of late."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import MailReport, Message, MessageState, ReportKind, ReportVerdict
from surveys.bounces.policy import BAD_DOMAIN_CODES, HARD_CODES

BURST_WINDOW = timedelta(hours=1)
BURST_LEAST = 10
BURST_PERCENT = 30
POLICY_IN_A_ROW = 5
POLICY_WINDOW = timedelta(hours=1)
POLICY_OF_LAST = 100
POLICY_PERCENT = 20


def list_soft(session: Session, *, address_hashes: Collection[str]) -> list[tuple[int, datetime]]:
    """Return the soft bounces of one address as (mailing, time), the oldest first."""
    rows = session.execute(
        select(Message.mailing_id, MailReport.received_at)
        .join(Message, Message.id == MailReport.message_id)
        .where(
            MailReport.address_hash.in_(address_hashes),
            MailReport.kind == ReportKind.BOUNCE,
            MailReport.verdict == ReportVerdict.COUNTED,
            MailReport.settled_at.is_(None),
            func.coalesce(MailReport.status, "").not_in(BAD_DOMAIN_CODES),
        )
        .order_by(MailReport.received_at, MailReport.id)
    )
    return [(mailing_id, received_at) for mailing_id, received_at in rows]


def list_bad_domain(session: Session, *, address_hashes: Collection[str]) -> list[datetime]:
    """Return when reports of an unknown domain came for one address."""
    return list(
        session.scalars(
            select(MailReport.received_at).where(
                MailReport.address_hash.in_(address_hashes),
                MailReport.status.in_(BAD_DOMAIN_CODES),
                MailReport.settled_at.is_(None),
            )
        )
    )


def is_burst(session: Session, *, mailing_id: int, now: datetime) -> bool:
    """Tell whether a mailing's mails come back in such numbers that we are to blame.

    Counted are hard bounces of the last hour against all its mails that went.
    """
    hard = session.scalars(
        select(func.count(func.distinct(MailReport.message_id)))
        .join(Message, Message.id == MailReport.message_id)
        .where(
            Message.mailing_id == mailing_id,
            MailReport.status.in_(HARD_CODES),
            MailReport.received_at > now - BURST_WINDOW,
        )
    ).one()
    if hard < BURST_LEAST:
        return False
    went = select(func.count()).where(
        Message.mailing_id == mailing_id, Message.state == MessageState.SENT
    )
    return hard * 100 > session.scalars(went).one() * BURST_PERCENT


def is_refused_everywhere(session: Session, *, now: datetime) -> bool:
    """Tell whether receivers turn down our mail as such: the last reports, or a fifth of mails."""
    lately = (MailReport.kind == ReportKind.BOUNCE, MailReport.received_at > now - POLICY_WINDOW)
    newest = select(MailReport.verdict).where(*lately).order_by(MailReport.id.desc())
    last = session.scalars(newest.limit(POLICY_IN_A_ROW)).all()
    if len(last) == POLICY_IN_A_ROW and set(last) == {ReportVerdict.ALERTED}:
        return True
    last_sent = (
        select(Message.id)
        .where(Message.state == MessageState.SENT, Message.sent_at.is_not(None))
        .order_by(Message.sent_at.desc())
        .limit(POLICY_OF_LAST)
        .subquery()
    )
    turned_down = session.scalars(
        select(func.count(func.distinct(MailReport.message_id))).where(
            MailReport.message_id.in_(select(last_sent.c.id)),
            MailReport.verdict == ReportVerdict.ALERTED,
        )
    ).one()
    return turned_down * 100 > POLICY_OF_LAST * POLICY_PERCENT
