"""What this machine's senders remember outside the database, and outside of its backups."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from surveys.delivery.marks import Mark
from surveys.errors import N_, DonutError

_lock = Lock()


class StateFolderUnusable(DonutError):
    """A sender that can't remember how far it came must not send."""

    code = "state_folder_unusable"
    status = 503
    message = N_(
        "Sending stopped: nothing can be written to %(folder)s, where senders remember how far they"
        " came. Nothing is lost: make room or allow writing there (DONUT_STATE_FOLDER), then send"
        " again."
    )


def read_watermark(folder: Path, database_id: str) -> Mark | None:
    """Return what was remembered of a database; None where nothing was that can be read."""
    try:
        kept = json.loads(_path(folder, database_id).read_text(encoding="ascii"))
        return Mark(database_id, int(kept["claim_number"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep_watermark(folder: Path, mark: Mark) -> None:
    """Remember `mark` unless a higher one is; before anything of its batch goes.

    Written whole and then renamed, so that a crash leaves the old one or the new one. Raises
    StateFolderUnusable.
    """
    try:
        with _alone(folder):
            known = read_watermark(folder, mark.database_id)
            if known is None or known.claim_number < mark.claim_number:
                _write(_path(folder, mark.database_id), mark)
    except OSError:
        raise StateFolderUnusable(folder=folder) from None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other threads, and other processes that share the folder, from writing meanwhile."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _lock, (folder / "sent-up-to.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _write(path: Path, mark: Mark) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"claim_number": mark.claim_number}), encoding="ascii")
    fresh.replace(path)


def _path(folder: Path, database_id: str) -> Path:
    return folder / f"sent-up-to-{database_id}.json"
