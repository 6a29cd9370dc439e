"""One returned mail into the tables, once: read, matched, judged, and what follows from it.

Enters: bytes and where they came from. Leaves: one row, and at most one address stopped. The same
mail again, by whatever way, changes nothing.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import MailReport, ReportKind, ReportSource, ReportVerdict
from surveys.audit import record
from surveys.bounces import consequences
from surveys.bounces.matching import BY_RECIPIENT, Match, find_match
from surveys.bounces.parts import LARGEST_BYTES
from surveys.bounces.policy import Signal, read_signal
from surveys.bounces.reading import read_report
from surveys.bounces.report import Report
from surveys.tokens import Keys, hash_address

INSERTS: dict[str, Callable[[type[MailReport]], sqlite.Insert | postgresql.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
ACTOR = "system"
WITHOUT_CONSEQUENCE = {
    Signal.DELAYED: ReportVerdict.IGNORED,
    Signal.UNCLEAR: ReportVerdict.KEPT,
    Signal.AUTO_REPLY: ReportVerdict.NOTED,
}
# What a person may have to read whole: till when somebody is away, what a receiver dislikes.
FOR_PEOPLE = frozenset({ReportVerdict.KEPT, ReportVerdict.ALERTED, ReportVerdict.NOTED})


@dataclass(frozen=True)
class Returned:
    """A mail as it came; `key` names it within its source, where the source has names."""

    raw: bytes
    source: ReportSource
    key: str | None = None


@dataclass(frozen=True)
class Ingested:
    """What a mail was and what was done; `is_new` is False when it had been taken in before."""

    kind: ReportKind
    verdict: ReportVerdict
    is_new: bool

    @property
    def is_understood(self) -> bool:
        """Whether no person needs to read it to know what it is."""
        return self.verdict is not ReportVerdict.KEPT


def ingest(
    session: Session,
    *,
    returned: Returned,
    bounce_pattern: str | None,
    keys: Keys,
    now: datetime,
) -> Ingested:
    """Take one returned mail in. Safe to repeat, and for two processes at the same moment."""
    report = read_report(returned.raw)
    report_id = _keep(session, returned, report, now)
    if report_id is None:
        return _find_known(session, returned)
    match = find_match(session, report=report, bounce_pattern=bounce_pattern, keys=keys, now=now)
    row = session.get_one(MailReport, report_id)
    if match is not None:
        row.message_id, row.matched_by = match.message_id, match.matched_by
        if match.address:
            row.address_hash = hash_address(keys.hash[0], match.address)
    row.verdict = _judge(session, row, report, match, keys, now)
    if row.verdict not in FOR_PEOPLE:
        # What it said stands in columns; the mail itself holds addresses.
        row.raw = None
    session.flush()
    if row.verdict == ReportVerdict.SUPPRESSED and match is not None:
        record(
            session,
            actor=ACTOR,
            action="bounce.suppress",
            subject=f"alumnus:{match.alumnus_id}",
            now=now,
            kind=report.kind.value,
            status=report.status,
        )
    return Ingested(report.kind, ReportVerdict(row.verdict), is_new=True)


def _keep(session: Session, returned: Returned, report: Report, now: datetime) -> int | None:
    """Write the mail down; None when it stands there already, under its bytes or its key."""
    row = {
        "source": returned.source,
        "source_key": returned.key,
        "content_hash": _hash(returned),
        "received_at": now,
        "kind": report.kind,
        "verdict": ReportVerdict.KEPT,
        "status": report.status or None,
        "diagnostic": report.diagnostic or None,
        "reporter": report.reporter or None,
        "raw": returned.raw[:LARGEST_BYTES],
    }
    insert = INSERTS[session.connection().dialect.name](MailReport)
    kept = insert.values(row).on_conflict_do_nothing().returning(MailReport.id)
    return session.scalar(kept)


def _find_known(session: Session, returned: Returned) -> Ingested:
    """Return what was made of a mail when it came first."""
    is_same = MailReport.content_hash == _hash(returned)
    if returned.key is not None:
        is_same = or_(is_same, MailReport.source_key == returned.key)
    known = select(MailReport.kind, MailReport.verdict).where(is_same).order_by(MailReport.id)
    kind, verdict = session.execute(known.limit(1)).one()
    return Ingested(ReportKind(kind), ReportVerdict(verdict), is_new=False)


def _hash(returned: Returned) -> str:
    return hashlib.sha256(returned.raw).hexdigest()


def _judge(
    session: Session,
    row: MailReport,
    report: Report,
    match: Match | None,
    keys: Keys,
    now: datetime,
) -> ReportVerdict:
    signal = read_signal(report)
    if match is None:
        return ReportVerdict.IGNORED if signal is Signal.DELAYED else ReportVerdict.KEPT
    case = consequences.Case(row, match, keys, now)
    if match.matched_by == BY_RECIPIENT:
        return _judge_guess(session, case, signal)
    consequences.note_arrival(session, match=match, now=now)
    if signal in WITHOUT_CONSEQUENCE:
        return WITHOUT_CONSEQUENCE[signal]
    if signal is Signal.COMPLAINT:
        return consequences.stop_person(session, case)
    session.execute(consequences.mark_bounced(match, now))
    return consequences.judge_bounce(session, case, signal)


def _judge_guess(session: Session, case: consequences.Case, signal: Signal) -> ReportVerdict:
    """Judge a mail that names a person and none of our mails, which anybody can write.

    A bounce counts, and only three of different mailings stop the address; the rest is for staff.
    """
    if signal in {Signal.HARD, Signal.BAD_DOMAIN, Signal.SOFT}:
        return consequences.judge_bounce(session, case, Signal.SOFT)
    return WITHOUT_CONSEQUENCE.get(signal, ReportVerdict.KEPT)
