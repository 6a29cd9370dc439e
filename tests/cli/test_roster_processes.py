"""`flask roster import` as a process of its own: its progress bar, its memory."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Alumnus
from surveys.settings import ROOT
from tests.conftest import SECRET_KEY
from tests.roster.files import DEMO_DATA, HEADER, write_text

MEMORY_LIMIT_MB = 300
# The process itself tells its peak: what its parent would be told includes the parent's own.
MEASURED_FLASK = """
import re, sys
from pathlib import Path
from flask.cli import main
peak_file = Path(sys.argv.pop(1))
try:
    main()
finally:
    status = Path("/proc/self/status").read_text()
    peak_file.write_text(re.search(r"VmHWM:\\s+([0-9]+) kB", status)[1])
"""


@pytest.fixture
def environment(database_url: str) -> dict[str, str]:
    return {
        **os.environ,  # noqa: TID251 - handed on to the process
        "DONUT_DATABASE_URL": database_url,
        "DONUT_SECRET_KEY": SECRET_KEY,
        "DONUT_BASE_URL": "http://127.0.0.1:8000",
        "TERM": "xterm",
        "COLUMNS": "100",
    }


def start(
    path: Path, environment: dict[str, str], stderr: int, *words: str, peak: Path
) -> "subprocess.Popen[bytes]":
    program = [sys.executable, "-c", MEASURED_FLASK, str(peak)]
    command = [*program, "roster", "import", str(path), *words]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=stderr
    )


def peak_mb(folder: Path) -> float:
    return int((folder / "peak").read_text()) / 1024


def read_all(terminal: int) -> str:
    """Return what a process wrote to its terminal; Linux ends it with an input/output error."""
    written = b""
    while True:
        try:
            chunk = os.read(terminal, 65_536)
        except OSError:
            return written.decode()
        written += chunk


def test_progress_is_a_bar_on_a_terminal(environment: dict[str, str], tmp_path: Path) -> None:
    terminal, slave = pty.openpty()

    with start(DEMO_DATA / "mezunlar.csv", environment, slave, peak=tmp_path / "peak") as process:
        os.close(slave)
        shown = read_all(terminal)
    os.close(terminal)

    assert process.returncode == 0, shown
    assert "Satır" in shown
    assert "━" in shown
    assert "3581/3581" in shown


def test_import_of_100_000_rows_stays_below_300_megabytes(
    environment: dict[str, str], session: Session, tmp_path: Path
) -> None:
    rows = (f"{n};Ayşe Nur;Yılmaz;ayse.yilmaz{n}@example.com;2024" for n in range(100_000))
    path = write_text(tmp_path, HEADER, *rows)

    with start(path, environment, subprocess.PIPE, peak=tmp_path / "peak") as process:
        assert process.stderr is not None
        lines = process.stderr.read().decode().splitlines()

    assert process.returncode == 0, lines
    assert peak_mb(tmp_path) < MEMORY_LIMIT_MB
    assert lines[0] == "Şu ana kadar okunan satır: 10.000"
    assert len(lines) == 10
    assert session.scalar(select(func.count()).select_from(Alumnus)) == 100_000


def test_faults_in_each_of_100_000_rows_stay_below_300_megabytes(
    environment: dict[str, str], tmp_path: Path
) -> None:
    rows = (f";Ayşe Nur;Yılmaz;ayşe{n}@gmial.com;20x{n}" for n in range(100_000))
    path = write_text(tmp_path, HEADER, *rows)
    rejects = tmp_path / "rejects.csv"

    with start(
        path,
        environment,
        subprocess.DEVNULL,
        *("--json", "--rejects", str(rejects)),
        peak=tmp_path / "peak",
    ) as process:
        process.wait()

    assert process.returncode == 0
    assert peak_mb(tmp_path) < MEMORY_LIMIT_MB
    assert len(rejects.read_text("utf-8-sig").splitlines()) == 100_001
