"""What each status code of a returned mail means for the person, and what to do about it.

The person is never punished for the sender's fault: what speaks of our mail, our server or our
standing is told to staff and stops nobody's mail.
Source: RFC 3463 and the registry of enhanced status codes.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum, auto

from models import ReportKind
from surveys.bounces.report import Report

HARD_CODES = frozenset({"5.1.1", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
BAD_DOMAIN_CODES = frozenset({"5.1.2"})
FULL_CODES = frozenset({"5.2.2", "4.2.2"})
# What speaks of us: our address, the mail's size, its content, the session.
OURS_CODES = frozenset({"5.1.7", "5.1.8", "5.2.3", "5.2.4", "5.3.4"})
OURS_SUBJECTS = ("5.5.", "5.6.", "5.7.", "4.7.")
SOFT_BOUNCES = 3
SOFT_APART = timedelta(days=7)
SOFT_FORGOTTEN = timedelta(days=180)
DOMAIN_BOUNCES = 2


class Signal(Enum):
    """What a report amounts to."""

    HARD = auto()
    BAD_DOMAIN = auto()
    SOFT = auto()
    POLICY = auto()
    COMPLAINT = auto()
    AUTO_REPLY = auto()
    DELAYED = auto()
    UNCLEAR = auto()


BY_KIND = {
    ReportKind.COMPLAINT: Signal.COMPLAINT,
    ReportKind.AUTO_REPLY: Signal.AUTO_REPLY,
    ReportKind.DELAYED: Signal.DELAYED,
    ReportKind.UNRECOGNISED: Signal.UNCLEAR,
}


def read_signal(report: Report) -> Signal:
    """Return what a report amounts to."""
    if report.kind is not ReportKind.BOUNCE:
        return BY_KIND[report.kind]
    status = report.status
    if status in HARD_CODES:
        return Signal.HARD
    if status in BAD_DOMAIN_CODES:
        return Signal.BAD_DOMAIN
    if status in OURS_CODES or status.startswith(OURS_SUBJECTS):
        return Signal.POLICY
    # A full mailbox, a server that was not reached in time, and what nobody explained.
    return Signal.SOFT


def is_domain_gone(times: Sequence[datetime]) -> bool:
    """Tell whether reports of an unknown domain came on two different days (UTC)."""
    return len({moment.date() for moment in times}) >= DOMAIN_BOUNCES


def is_dead(bounces: Sequence[tuple[int, datetime]]) -> bool:
    """Tell whether soft bounces (mailing, time; oldest first) amount to a dead mailbox.

    They count from different mailings a week or more apart, and a long quiet begins anew.
    """
    counted: list[tuple[int, datetime]] = []
    for mailing_id, moment in bounces:
        if counted and moment - counted[-1][1] > SOFT_FORGOTTEN:
            counted = []
        is_other = all(mailing_id != known for known, _ in counted)
        if not counted or (is_other and moment - counted[-1][1] >= SOFT_APART):
            counted.append((mailing_id, moment))
    return len(counted) >= SOFT_BOUNCES
