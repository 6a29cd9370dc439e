"""Importing a roster: rows a second against the csv module alone, and peak memory.

Each measurement is a process of its own, on a fresh SQLite file: `python -m bench.importing`.
"""

import csv
import resource
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from flask_migrate import upgrade

from app import create_app
from surveys.environment import read_settings
from surveys.extensions import toolbox, transaction
from surveys.roster.importing import import_roster
from surveys.roster.running import ImportResult
from surveys.roster.tables import open_table
from surveys.settings import ROOT

DEMO_LIST = ROOT / "demo" / "data" / "mezunlar.csv"
DEMO_ENCODING = "cp1254"
LARGE_ROWS = 100_000
LARGEST_PEAK_MB = 300

Work = Callable[[Path, Path], tuple[int, list[float]]]


def main() -> None:
    """Measure the demo's list and one of 100,000 rows, and print a table."""
    print("Roster import (SQLite, one transaction) against reading the file with csv alone")
    print(f"{'rows':>8} {'new/s':>9} {'again/s':>9} {'csv/s':>11} {'csv÷new':>8} {'peak MB':>8}")
    with tempfile.TemporaryDirectory() as folder:
        large = write_large_list(Path(folder) / "large.csv")
        for path in (DEMO_LIST, large):
            _print_line(path, Path(folder))


def write_large_list(path: Path) -> Path:
    """Write a list of 100,000 people after the model of the demo's, in the same encoding."""
    with DEMO_LIST.open(encoding=DEMO_ENCODING, newline="") as stream:
        header, *rows = csv.reader(stream, delimiter=";")
    with path.open("w", encoding=DEMO_ENCODING, newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(header)
        for number in range(LARGE_ROWS):
            row = rows[number % len(rows)]
            writer.writerow([f"{number:010}", *row[1:3], f"{number}.{row[3]}", *row[4:]])
    return path


def read_alone(path: Path, _folder: Path) -> tuple[int, list[float]]:
    """Return the rows and the seconds that the csv module alone takes for them."""
    start = time.perf_counter()
    with path.open(encoding=DEMO_ENCODING, newline="") as stream:
        count = sum(1 for _ in csv.reader(stream, delimiter=";")) - 1
    return count, [time.perf_counter() - start]


def import_twice(path: Path, folder: Path) -> tuple[int, list[float]]:
    """Return the rows and the seconds of a first import (all new) and a second (all the same)."""
    settings = read_settings(
        {
            "DONUT_DATABASE_URL": f"sqlite:///{folder / path.stem}.db",
            "DONUT_SECRET_KEY": "only for this benchmark, on no server",
            "DONUT_BASE_URL": "http://127.0.0.1:8000",
            "DONUT_LOG_LEVEL": "WARNING",
        }
    )
    with create_app(settings).app_context():
        upgrade()
        first, first_s = _import(path)
        again, again_s = _import(path)
    assert first.read == first.created == again.unchanged
    return first.read, [first_s, again_s]


def _import(path: Path) -> tuple[ImportResult, float]:
    start = time.perf_counter()
    with open_table(path, mapping={}) as table, transaction() as session:
        box = toolbox()
        result = import_roster(session, table=table, keys=box.keys, now=box.clock.now())
    return result, time.perf_counter() - start


def _measure(work: Work, path: Path, folder: Path) -> tuple[int, list[float], float]:
    """Return what `work` measured in a fresh process, and that process's peak in MB."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_with_peak, work, path, folder).result()


def _with_peak(work: Work, path: Path, folder: Path) -> tuple[int, list[float], float]:
    count, seconds = work(path, folder)
    return count, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _print_line(path: Path, folder: Path) -> None:
    count, (first, again), peak_mb = _measure(import_twice, path, folder)
    _, (alone,), _ = _measure(read_alone, path, folder)
    verdict = "" if peak_mb < LARGEST_PEAK_MB else f"  over the limit of {LARGEST_PEAK_MB} MB"
    print(
        f"{count:>8,} {count / first:>9,.0f} {count / again:>9,.0f} {count / alone:>11,.0f}"
        f" {first / alone:>8.1f} {peak_mb:>8.0f}{verdict}"
    )


if __name__ == "__main__":
    main()
