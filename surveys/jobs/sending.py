"""Sending what is due: one drain, by several connections at once, until nothing is due any more."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import structlog
from flask import Flask
from sqlalchemy.exc import DBAPIError

from models import MessageState
from surveys import audit
from surveys.clock import SystemClock
from surveys.database import find_relaxed_setting
from surveys.delivery.client import MailServer
from surveys.delivery.house import read_house, read_mail_server
from surveys.delivery.marks import read_mark
from surveys.delivery.recovery import Recovered, list_claimers, recover_claims, recover_expired
from surveys.delivery.restored import lock_restored, lock_unremembered
from surveys.delivery.smtp import KeptConnection
from surveys.errors import N_, DonutError
from surveys.extensions import reader, toolbox, transaction
from surveys.inviting.rules import read_pace
from surveys.jobs.circuit import Circuit
from surveys.jobs.claimer import Claimer, live_claimer, name_process
from surveys.jobs.connection import Connection, Shared
from surveys.jobs.ledger import Ledger
from surveys.jobs.locking import sole_sender
from surveys.jobs.preparing import Writer
from surveys.jobs.suspicion import Suspicion
from surveys.jobs.tally import Counts, Tally
from surveys.jobs.watermark import keep_watermark, read_watermark

log = structlog.get_logger()


class SenderStopped(DonutError):
    """The database did not take what was to be recorded."""

    code = "sender_stopped"
    status = 503
    message = N_(
        "Sending stopped because the database took no more. Nothing is lost: make room on the disk"
        " or start the database, then send again."
    )


class DatabaseForgetful(DonutError):
    """PostgreSQL is set to lose commits at a crash; what was sent would be sent again."""

    code = "database_forgetful"
    status = 503
    message = N_(
        "PostgreSQL has %(setting)s = off: after a crash it forgets which mails were sent, and they"
        " would go twice. Switch it on, then send again."
    )


@dataclass(frozen=True)
class Drained:
    """What one drain did; `gave_up`: the mail server stayed silent longer than patience lasted."""

    counts: Counts
    gave_up: bool


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How one drain sends. `server` is that of the settings unless told otherwise.

    `patience_s`: how long a silent mail server, or another sender on SQLite, is waited for; None
    waits for ever. `on_change` hears the counts after each message.
    """

    patience_s: float | None = None
    server: MailServer | None = None
    on_change: Callable[[Counts], None] | None = None


def drain(app: Flask, *, stop: Event, terms: Terms | None = None) -> Drained:
    """Send what is due now, and return the counts once nothing is, or `stop` is set.

    Takes back what dead senders held first. At `stop` the mails in flight are finished and the
    rest is given back. Raises SenderBusy, SenderStopped and DatabaseForgetful.
    """
    chosen = terms or Terms()
    with app.app_context(), live_claimer() as claimer:
        _require_durability()
        box, suspicion = toolbox(), Suspicion()
        shared = Shared(
            app=app,
            box=box,
            stop=stop,
            circuit=Circuit(clock=SystemClock(), patience_s=chosen.patience_s),
            ledger=Ledger(box=box, suspicion=suspicion),
            suspicion=suspicion,
            tally=Tally(chosen.on_change),
            pace=read_pace(box.settings),
        )
        url = box.settings.database_url
        with sole_sender(url, stop=stop, patience_s=chosen.patience_s) as is_sole:
            lock_restored_database()
            recovered = recover(claimer, is_sole=is_sole)
            shared.tally.add(MessageState.UNKNOWN, recovered.unknown_count)
            server = chosen.server or read_mail_server(box.settings)
            _run_connections(shared, claimer, server)
        counts = shared.tally.counts()
        log.info("drain_finished", **counts)
        return Drained(counts, shared.circuit.gave_up)


def lock_restored_database() -> None:
    """Stop all sending when this machine remembers more than the database does, or nothing at all.

    Needs an application context. Raises StateFolderUnusable.
    """
    tools = toolbox()
    folder = Path(tools.settings.state_folder)
    session = reader()
    here = read_mark(session)
    session.rollback()
    seen = read_watermark(folder, here.database_id)
    if seen is not None and seen.claim_number <= here.claim_number:
        return
    now = tools.clock.now()
    with transaction() as session:
        doubtful = (
            lock_unremembered(session, process=name_process(), now=now)
            if seen is None
            else lock_restored(session, seen=seen, now=now)
        )
        if doubtful is not None:
            audit.record(
                session,
                actor="system",
                action="outbox.restored",
                subject="outbox",
                now=now,
                count=doubtful,
            )
            log.error("database_restored", doubtful=doubtful)
    if seen is None:
        keep_watermark(folder, here)


def recover(claimer: Claimer, *, is_sole: bool) -> Recovered:
    """Take back what dead senders held: all claims when no other sender can be alive.

    Needs an application context.
    """
    with transaction() as session:
        names = list_claimers(session)
        dead = [name for name in names if is_sole or claimer.knows_dead(name)]
        by_name = recover_claims(session, claimed_by=dead)
        by_lease = recover_expired(session)
    recovered = Recovered(
        queued_count=by_name.queued_count + by_lease.queued_count,
        unknown_count=by_name.unknown_count + by_lease.unknown_count,
    )
    if recovered != Recovered():
        log.warning(
            "claims_recovered", queued=recovered.queued_count, unknown=recovered.unknown_count
        )
    return recovered


def _require_durability() -> None:
    session = reader()
    setting = find_relaxed_setting(session.connection())
    session.rollback()
    if setting is not None:
        raise DatabaseForgetful(setting=setting)


def _run_connections(shared: Shared, claimer: Claimer, server: MailServer) -> None:
    house = read_house(shared.box.settings)
    connections = [
        Connection(
            shared,
            name=claimer.connection(number),
            line=KeptConnection(server),
            writer=Writer(house=house, keys=shared.box.keys),
        )
        for number in range(shared.box.settings.mail_connections)
    ]
    with ThreadPoolExecutor(len(connections), thread_name_prefix="sender") as pool:
        runs = [pool.submit(connection.run) for connection in connections]
        wait(runs)
    _raise_first_fault(runs)


def _raise_first_fault(runs: list[Future[None]]) -> None:
    for run in runs:
        fault = run.exception()
        if isinstance(fault, DBAPIError):
            log.error("sender_stopped", fault=type(fault).__name__)
            raise SenderStopped from fault
        if fault is not None:
            raise fault
