"""What the connections of one drain write between two mails, several of them in one commit.

A commit waits for the disk, and every statement for the database. A connection that comes while
another's commit is under way waits its turn; whoever gets it writes for all that waited. It waits a
moment for those that are about to come: they would have to wait for it, and then for the disk.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition, Lock
from typing import Final

from sqlalchemy.orm import Session

from models import MessageState
from surveys.delivery.claiming import Claim
from surveys.delivery.outcomes import Accepted
from surveys.delivery.settling import Reached
from surveys.extensions import Toolbox, transaction
from surveys.jobs.preparing import Draft, Step, prepare
from surveys.jobs.suspicion import Suspicion
from surveys.jobs.verdicts import settle_accepted

# Far below what a mail server takes for one mail, so that nobody notices.
LINGER_S: Final = 0.003


@dataclass(frozen=True)
class Written:
    """What one connection's writing came to: the mail `before`, and the `step` to take now."""

    before: Reached
    step: Step


@dataclass(eq=False)
class Entry:
    """What one connection has to write: the draft of its next mail, the last one if it was taken.

    Done once it has what was `written` or met a `fault`.
    """

    draft: Draft
    taken: tuple[Claim, Accepted] | None
    written: Written | None = field(default=None, init=False)
    fault: Exception | None = field(default=None, init=False)


class Ledger:
    """Writes the entries of several threads together."""

    def __init__(self, *, box: Toolbox, suspicion: Suspicion, linger_s: float = LINGER_S) -> None:
        self._box = box
        self._linger_s = linger_s
        self._suspicion = suspicion
        self._turn = Lock()
        self._arrived = Condition()
        self._waiting: list[Entry] = []
        self._crew_count = 0

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Count the calling connection among those that are soon to write."""
        self._count_crew(1)
        try:
            yield
        finally:
            self._count_crew(-1)

    def write(self, entry: Entry) -> Written:
        """Write `entry` and commit. Raises what the database raises; then nothing is written.

        Needs an application context.
        """
        with self._arrived:
            self._waiting.append(entry)
            self._tell_if_all_are_here()
        with self._turn:
            if entry.written is None and entry.fault is None:
                self._write_group(self._gather())
        if entry.written is None:
            assert entry.fault is not None  # noqa: S101 - for the type checker: it is one or other
            raise entry.fault
        return entry.written

    def _count_crew(self, change: int) -> None:
        with self._arrived:
            self._crew_count += change
            self._tell_if_all_are_here()

    def _gather(self) -> list[Entry]:
        with self._arrived:
            self._arrived.wait_for(self._are_all_here, timeout=self._linger_s)
            group, self._waiting = self._waiting, []
            return group

    def _tell_if_all_are_here(self) -> None:
        if self._are_all_here():
            self._arrived.notify_all()

    def _are_all_here(self) -> bool:
        return len(self._waiting) >= self._crew_count

    def _write_group(self, group: Sequence[Entry]) -> None:
        """Write all, or where that fails each alone: a fault of one is no other's."""
        try:
            with transaction() as session:
                written = self._write_all(session, group)
        except Exception as fault:  # noqa: BLE001 - it is raised where the entry came from
            if len(group) == 1:
                group[0].fault = fault
                return
            for entry in group:
                self._write_group([entry])
            return
        for entry, result in zip(group, written, strict=True):
            entry.written = result

    def _write_all(self, session: Session, group: Sequence[Entry]) -> list[Written]:
        now = self._box.clock.now()
        taken = [entry.taken for entry in group if entry.taken is not None]
        sent = (
            settle_accepted(session, taken=taken, suspicion=self._suspicion, now=now)
            if taken
            else set[int]()
        )
        drafts = [entry.draft for entry in group]
        steps = prepare(session, drafts=drafts, keys=self._box.keys, now=now)
        return [
            Written(_reached(entry, sent), step) for entry, step in zip(group, steps, strict=True)
        ]


def _reached(entry: Entry, sent: set[int]) -> Reached:
    was_sent = entry.taken is not None and entry.taken[0].message_id in sent
    return MessageState.SENT if was_sent else None
