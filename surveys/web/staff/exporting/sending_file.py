"""A file made for one download: written below a folder of its own, sent, and gone."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from flask import send_file
from werkzeug.wrappers import Response


def make_file(write: Callable[[Path], int]) -> tuple[BinaryIO, int]:
    """Return what `write` put into the path that it was given, open, and the count it returned.

    The file has no name any more and takes its room until it is closed.
    """
    with TemporaryDirectory(prefix="donut-") as folder:
        path = Path(folder) / "file"
        count = write(path)
        return path.open("rb"), count


def send(file: BinaryIO, *, name: str) -> Response:
    """Send a file under `name`, which is encoded by RFC 6266, as nothing but a download."""
    response = send_file(file, as_attachment=True, download_name=name, etag=False)
    response.headers["Cache-Control"] = "no-store"
    return response


def stem_of(code: str, what: str, *, on: datetime) -> str:
    """Return a file's name without its ending: `mezun-2026-yanitlar-2026-11-23`."""
    return f"{code}-{what}-{on:%Y-%m-%d}"
