"""What came back before: of one address, of one mailing, of late."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from models import (
    MailReport,
    Message,
    ReportKind,
    ReportVerdict,
    Suppression,
    UTCDateTime,
)
from surveys.bounces.matching import BY_RECIPIENT
from surveys.bounces.policy import BAD_DOMAIN_CODES, HARD_CODES

BURST_WINDOW = timedelta(hours=1)
BURST_AMONG = 50
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
            *_still_counted(address_hashes),
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
                _is_no_guess(),
                *_still_counted(address_hashes),
            )
        )
    )


def _still_counted(address_hashes: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    """Whether a report still counts: staff did not settle it, nor allow the address again since."""
    allowed = (
        select(func.max(Suppression.lifted_at))
        .where(Suppression.address_hash.in_(address_hashes), Suppression.alumnus_id.is_(None))
        .scalar_subquery()
    )
    is_since = or_(allowed.is_(None), MailReport.received_at > allowed)
    return MailReport.settled_at.is_(None), is_since


def _is_no_guess() -> ColumnElement[bool]:
    """Whether a report bore a mark of ours; a recipient's name anybody can write."""
    return MailReport.matched_by.is_distinct_from(BY_RECIPIENT)


def is_burst(session: Session, *, message_id: int, now: datetime) -> bool:
    """Tell whether a mailing's mails come back in such numbers that we are to blame.

    Counted are hard bounces of the last hour among the mails that went just before and after this
    one: a fault that begins in the middle of a long mailing shows as soon as one at its beginning.
    """
    around = _list_around(session, session.get_one(Message, message_id))
    hard = session.scalars(
        select(func.count(func.distinct(MailReport.message_id))).where(
            MailReport.message_id.in_(around),
            MailReport.status.in_(HARD_CODES),
            _is_no_guess(),
            MailReport.received_at > now - BURST_WINDOW,
            MailReport.settled_at.is_(None),
        )
    ).one()
    return hard >= BURST_LEAST and hard * 100 > len(around) * BURST_PERCENT


def _list_around(session: Session, message: Message) -> list[int]:
    """Return the BURST_AMONG mails of a mailing that went nearest to one of its, by their order."""
    place = tuple_(Message.sent_at, Message.id)
    here = tuple_(literal(message.sent_at, UTCDateTime()), literal(message.id))
    went = select(Message.id).where(
        Message.mailing_id == message.mailing_id, Message.sent_at.is_not(None)
    )
    before = session.scalars(
        went.where(place <= here)
        .order_by(Message.sent_at.desc(), Message.id.desc())
        .limit(BURST_AMONG)
    ).all()
    after = session.scalars(
        went.where(place > here).order_by(Message.sent_at, Message.id).limit(BURST_AMONG)
    ).all()
    taken = before[: max(BURST_AMONG // 2, BURST_AMONG - len(after))]
    return [*taken, *after[: BURST_AMONG - len(taken)]]


def is_refused_everywhere(session: Session, *, mailing_id: int, now: datetime) -> bool:
    """Tell whether receivers turn down our mail as such.

    Either the last reports all say so, or those about a fifth of the mailing's last mails.
    """
    # What staff have looked into stops nothing again.
    is_open = MailReport.settled_at.is_(None)
    lately = (MailReport.kind == ReportKind.BOUNCE, MailReport.received_at > now - POLICY_WINDOW)
    # Of each mail the last one: whoever reports the same mail five times says it once.
    of_each = (
        select(func.max(MailReport.id)).where(*lately, is_open).group_by(MailReport.message_id)
    )
    newest = (
        select(MailReport.verdict).where(MailReport.id.in_(of_each)).order_by(MailReport.id.desc())
    )
    last = session.scalars(newest.limit(POLICY_IN_A_ROW)).all()
    if len(last) == POLICY_IN_A_ROW and set(last) == {ReportVerdict.ALERTED}:
        return True
    last_sent = (
        select(Message.id)
        .where(Message.mailing_id == mailing_id, Message.sent_at.is_not(None))
        .order_by(Message.sent_at.desc())
        .limit(POLICY_OF_LAST)
        .subquery()
    )
    turned_down = session.scalars(
        select(func.count(func.distinct(MailReport.message_id))).where(
            MailReport.message_id.in_(select(last_sent.c.id)),
            MailReport.verdict == ReportVerdict.ALERTED,
            is_open,
        )
    ).one()
    return turned_down * 100 > POLICY_OF_LAST * POLICY_PERCENT
