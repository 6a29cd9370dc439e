"""Returned mails, one by one into the tables: from a Maildir, from IMAP, from a pipe.

Each is committed before its source lets it go: a crash in between reads it again, and the second
time changes nothing.
"""

import random
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import structlog
from sqlalchemy.exc import DataError, DBAPIError

from models import ReportSource, ReportVerdict
from surveys.bounces.forgetting import drop_written
from surveys.bounces.ingest import Ingested, Returned, ingest
from surveys.bounces.parts import LARGEST_BYTES
from surveys.delivery.house import read_house
from surveys.errors import N_, DonutError
from surveys.extensions import toolbox, transaction
from surveys.jobs.mailbox import ImapBox, MailboxAway, NotFiled, open_mailbox, read_mailbox_address

MOST_A_PASS = 500
# A pass that outlasts the watchdog's patience would end the scheduler.
LONGEST_PASS_S = 30.0
# Of a mail that is longer, only so much is read: a report says all it has to say at its beginning.
READ_BYTES = LARGEST_BYTES

Item = TypeVar("Item")

log = structlog.get_logger()


class MaildirMissing(DonutError):
    """The folder is no Maildir."""

    code = "maildir_missing"
    status = 404
    message = N_("%(path)s is no Maildir: it has no folder “new” that can be read.")


@dataclass
class Taken:
    """What a pass took in: mails by verdict, those met before, those left where they are.

    `unfiled_count`: taken in, but the mailbox would not let them be moved.
    """

    verdicts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ReportVerdict, 0))
    known_count: int = 0
    left_count: int = 0
    unfiled_count: int = 0

    def count(self, ingested: Ingested) -> None:
        """Add one mail."""
        if ingested.is_new:
            self.verdicts[ingested.verdict] += 1
        else:
            self.known_count += 1

    def as_result(self) -> dict[str, int]:
        """Return the counts as jobs and commands tell them."""
        counts = {str(verdict): count for verdict, count in self.verdicts.items()}
        return {
            "read": sum(counts.values()) + self.known_count,
            **counts,
            "known": self.known_count,
            "left": self.left_count,
            "unfiled": self.unfiled_count,
        }


def take_in(returned: Returned) -> Ingested:
    """Take one returned mail in, in a transaction of its own."""
    tools = toolbox()
    with transaction() as session:
        return ingest(
            session,
            returned=returned,
            bounce_pattern=read_house(tools.settings).bounce_pattern,
            keys=tools.keys,
            now=tools.clock.now(),
        )


def read_bounces() -> dict[str, int]:
    """Take in what came back to where the settings say; nothing where they say nothing."""
    settings, taken = toolbox().settings, Taken()
    if settings.bounce_maildir is not None:
        read_maildir(Path(settings.bounce_maildir), taken)
    address = read_mailbox_address(settings)
    if address is not None:
        try:
            with open_mailbox(address) as box:
                read_imap(box, taken)
        except MailboxAway as fault:
            log.warning("bounce_mailbox_away", fault=fault.params["fault"])
            return {**taken.as_result(), "away": 1}
    return taken.as_result()


def drop_returns() -> dict[str, int]:
    """Drop returned mails that came long ago."""
    with transaction() as session:
        return {"dropped": drop_written(session, now=toolbox().clock.now())}


def read_maildir(path: Path, taken: Taken) -> None:
    """Take in the new mails of a Maildir; each moves to `cur` once it is in. Raises MaildirMissing.

    Source: D. J. Bernstein, “Using maildir format”.
    """
    for found in _take_turns(find_new(path)):
        try:
            with found.open("rb") as file:
                raw = file.read(READ_BYTES)
        except OSError:
            # Another reader was faster.
            continue
        ingested = _take_or_leave(Returned(raw, ReportSource.MAILDIR, None), taken)
        if ingested is None:
            continue
        (path / "cur").mkdir(exist_ok=True)
        with suppress(FileNotFoundError):
            found.rename(path / "cur" / f"{found.name}:2,S")


def read_imap(box: ImapBox, taken: Taken) -> None:
    """Take in the mails of an IMAP mailbox; each moves to a folder of it once it is in.

    One that can't be moved stays, and the next one has its turn.
    """
    for uid in _take_turns(box.list_uids()):
        raw = box.fetch(uid, READ_BYTES)
        if raw is None:
            continue
        ingested = _take_or_leave(Returned(raw, ReportSource.IMAP, box.key_of(uid)), taken)
        if ingested is None:
            continue
        try:
            box.file(uid, is_understood=ingested.is_understood)
        except NotFiled as fault:
            log.warning("returned_mail_not_filed", fault=fault.params["fault"])
            taken.unfiled_count += 1


def _take_or_leave(returned: Returned, taken: Taken) -> Ingested | None:
    """Take a mail in; one that we can't take is left where it is, and the next one has its turn.

    Raises DBAPIError when the database is away or not migrated: that is no mail's fault.
    """
    try:
        ingested = take_in(returned)
    except Exception as fault:
        if isinstance(fault, DBAPIError) and not isinstance(fault, DataError):
            raise
        log.exception("returned_mail_not_taken_in", source=returned.source)
        taken.left_count += 1
        return None
    taken.count(ingested)
    return ingested


def _take_turns(items: Sequence[Item]) -> Iterator[Item]:
    """Yield as many of `items` as a pass has room and time for, at least one, in no order.

    What can't be taken in or moved stays: in an order, it would come first at each pass.
    """
    monotonic = toolbox().clock.monotonic
    ends = monotonic() + LONGEST_PASS_S
    for item in random.sample(items, min(len(items), MOST_A_PASS)):
        yield item
        if monotonic() >= ends:
            return


def find_new(path: Path) -> list[Path]:
    """Return the new mails of a Maildir. Raises MaildirMissing."""
    try:
        return [name for name in (path / "new").iterdir() if name.is_file()]
    except OSError:
        raise MaildirMissing(path=path) from None
