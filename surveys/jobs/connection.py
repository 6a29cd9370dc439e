"""One sender thread: claims a batch, sends it in order over one kept connection, records each mail.

The order of steps is what makes a crash harmless: nothing is sent that is not marked and committed
as being sent, and no next one before the outcome of the last is committed. Where nothing makes it
wait in between, that outcome and the next mark share one commit, with those of other connections.
"""

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Event

import structlog
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models import MessageState
from surveys.clock import SystemClock
from surveys.database import database_time
from surveys.delivery.addressed import Addressed
from surveys.delivery.claiming import Batch, Claim, claim_batch, release_claims, renew_claims
from surveys.delivery.outcomes import Accepted, Outcome, OutcomeUnknown, ServerUnavailable
from surveys.delivery.pace import Pace
from surveys.delivery.pacing import take_slot
from surveys.delivery.reasons import LOGIN_REFUSED
from surveys.delivery.settling import Reached
from surveys.delivery.smtp import KeptConnection
from surveys.delivery.writing import Envelope
from surveys.extensions import Toolbox, transaction
from surveys.jobs import verdicts
from surveys.jobs.circuit import Circuit
from surveys.jobs.ledger import Entry, Ledger
from surveys.jobs.preparing import Draft, Halt, Writer
from surveys.jobs.suspicion import Suspicion
from surveys.jobs.tally import FINAL, Tally
from surveys.jobs.watermark import keep_watermark

# A claim costs the same whatever it takes; but what one connection holds no other can send.
SMALLEST_BATCH, LARGEST_BATCH = 20, 100
BATCH_TAKES_S = 1.0
RENEW_EVERY_S = 60.0
# How long to wait for receivers at once: staff may change their mind meanwhile.
LONGEST_WAIT_S = 2.0
# An outcome that can't be written becomes a doubt for staff: worth a few tries.
RECORD_PAUSES_S = (0.1, 0.4, 1.5)

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Shared:
    """What all connections of one drain have in common."""

    app: Flask
    box: Toolbox
    stop: Event
    circuit: Circuit
    ledger: Ledger
    suspicion: Suspicion
    tally: Tally
    pace: Pace


class BatchOver(Exception):
    """The rest of the batch must not be sent by this connection now."""


class Connection:
    """One sender: `name` is unique to it, `line` its connection to the mail server."""

    def __init__(self, shared: Shared, *, name: str, line: KeptConnection, writer: Writer) -> None:
        self._shared = shared
        self._name = name
        self._line = line
        self._writer = writer
        self._monotonic = SystemClock().monotonic
        self._renewed_at = 0.0
        self._batch_size = SMALLEST_BATCH
        self._taken: tuple[Claim, Accepted] | None = None

    def run(self) -> None:
        """Send until nothing is due, the server is given up, or the drain is told to stop."""
        with self._shared.app.app_context(), ExitStack() as ending:
            ending.callback(self._line.close)
            ending.callback(self._release)
            ending.callback(self._record_taken)
            ending.callback(self._shared.circuit.abstain)
            while self._shared.circuit.wait_turn(self._shared.stop):
                batch = self._claim()
                if not batch.is_empty:
                    self._send_batch(batch)
                elif not self._wait_for_receivers(batch):
                    return

    def _claim(self) -> Batch:
        box = self._shared.box
        with transaction() as session:
            batch = claim_batch(
                session,
                claimed_by=self._name,
                limit=self._batch_size,
                keys=box.keys,
                now=box.clock.now(),
                pace=self._shared.pace,
            )
            self._writer.forget()
            for addressed in batch.addressed.values():
                self._writer.learn(session, addressed)
        if batch.mark is not None:
            keep_watermark(Path(box.settings.state_folder), batch.mark)
        self._renewed_at = self._monotonic()
        self._shared.tally.add(MessageState.SUPPRESSED, batch.suppressed_count)
        return batch

    def _wait_for_receivers(self, batch: Batch) -> bool:
        """Wait for the pace of receivers who alone hold mails back; False when none does."""
        self._shared.circuit.abstain()
        if batch.wait_until is None:
            return False
        wait = batch.wait_until - self._shared.box.clock.now()
        self._shared.stop.wait(min(max(wait.total_seconds(), 0.05), LONGEST_WAIT_S))
        return True

    def _send_batch(self, batch: Batch) -> None:
        begun_at = self._monotonic()
        try:
            with self._shared.ledger.at_work():
                for claim in batch.claims:
                    self._send_one(claim, batch.addressed[claim.message_id])
            self._record_taken()
        except BatchOver:
            self._record_taken()
            self._release()
        self._choose_batch_size(self._monotonic() - begun_at)

    def _choose_batch_size(self, spent_s: float) -> None:
        """Take more where sending is quick, less where the last mails would wait for one line."""
        wanted = self._batch_size * 2 if spent_s < BATCH_TAKES_S else self._batch_size // 2
        self._batch_size = min(max(wanted, SMALLEST_BATCH), LARGEST_BATCH)

    def _send_one(self, claim: Claim, addressed: Addressed) -> None:
        if not self._shared.pace.window.is_open(self._shared.box.clock.now()):
            raise BatchOver
        self._wait_for_slot()
        self._keep_lease()
        self._open_line()
        envelope = self._begin(claim, addressed)
        if envelope is None:
            return
        outcome = self._line.send(
            envelope.content, sender=envelope.sender, recipient=envelope.recipient
        )
        if isinstance(outcome, Accepted):
            self._taken = (claim, outcome)
        else:
            self._record(claim, outcome)
        self._note(claim, outcome)

    def _wait_for_slot(self) -> None:
        """Wait for the pace that all senders keep; until then nothing is in flight."""
        rate, stop = self._shared.box.settings.mail_rate, self._shared.stop
        if rate:
            self._record_taken()
        wait = timedelta(seconds=1)
        while rate and wait and not stop.is_set():
            with transaction() as session:
                now = session.scalars(select(database_time(0))).one()
                wait = take_slot(session, rate=rate, now=now)
            stop.wait(wait.total_seconds())
            self._keep_lease()
        if stop.is_set():
            raise BatchOver

    def _keep_lease(self) -> None:
        if self._monotonic() - self._renewed_at < RENEW_EVERY_S:
            return
        with transaction() as session:
            renew_claims(session, claimed_by=self._name)
        self._renewed_at = self._monotonic()

    def _open_line(self) -> None:
        """Make sure that the server is there before a message is marked as being sent."""
        if not self._line.is_open:
            self._record_taken()
        fault = self._line.open()
        if fault is None:
            return
        if isinstance(fault, ServerUnavailable):
            self._shared.circuit.fail()
        else:
            with transaction() as session:
                now = self._shared.box.clock.now()
                verdicts.brake(session, reason=LOGIN_REFUSED, reply=fault, now=now)
        raise BatchOver

    def _begin(self, claim: Claim, addressed: Addressed) -> Envelope | None:
        """Mark one message as being sent and return its mail; None when it must not go."""
        now = self._shared.box.clock.now()
        # Ahead of the transaction, which holds up other writers.
        envelope = self._writer.draft(addressed, now=now)
        draft = Draft(claim, addressed, envelope, self._writer)
        written = self._shared.ledger.write(Entry(draft, self._taken))
        self._taken = None
        self._count(written.before)
        if isinstance(written.step, Envelope):
            return written.step
        if isinstance(written.step, Halt):
            raise BatchOver
        self._count(written.step)
        return None

    def _record_taken(self) -> None:
        """Record the last mail that the server took, if that has not been done."""
        taken, self._taken = self._taken, None
        if taken is not None:
            self._record(*taken)

    def _record(self, claim: Claim, outcome: Outcome) -> None:
        for pause_s in (*RECORD_PAUSES_S, None):
            try:
                with transaction() as session:
                    reached = self._settle(session, claim, outcome)
            except DBAPIError:
                if pause_s is None:
                    raise
                log.warning("outcome_not_recorded_yet", message=claim.message_id)
                Event().wait(pause_s)
            else:
                self._count(reached)
                return

    def _settle(self, session: Session, claim: Claim, outcome: Outcome) -> Reached:
        return verdicts.settle(
            session,
            claim=claim,
            outcome=outcome,
            suspicion=self._shared.suspicion,
            now=self._shared.box.clock.now(),
        )

    def _note(self, claim: Claim, outcome: Outcome) -> None:
        """Draw conclusions for the mails that follow. Raises BatchOver when they must wait."""
        if isinstance(outcome, ServerUnavailable | OutcomeUnknown):
            self._shared.circuit.fail()
            raise BatchOver
        self._shared.circuit.succeed()
        if isinstance(outcome, Accepted):
            self._shared.suspicion.note_accepted(claim.mailing_id)

    def _count(self, reached: Reached) -> None:
        if reached in FINAL:
            self._shared.tally.add(reached)

    def _release(self) -> None:
        with transaction() as session:
            release_claims(session, claimed_by=self._name)
