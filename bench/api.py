"""The rate resource: requests a second and the slowest 1 %, cold, warm and as 304.

Against a bare Flask view that answers a document of like length, in the same gunicorn (one
process, eight threads), with a connection for each request, as `curl` and most clients do.
Cold: figures changed since the last request, so everything is counted. Limit: the 304 within
twice the bare view's time: `python -m bench.api`.
"""

import http.client
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from flask_migrate import upgrade
from sqlalchemy import select

from app import create_app
from bench.crowd import fill
from bench.serving import served
from models import ApiKeyKind, Survey
from surveys.api_keys.making import make_key
from surveys.api_keys.scopes import Scope
from surveys.api_keys.wanted import Wanted
from surveys.environment import read_settings
from surveys.extensions import toolbox, transaction

SIZES = (1, 100, 100_000)
REQUESTS = 2_000
TURNS = 20
COLD_REQUESTS = 12
LIMIT = 2.0
HASTE = "1000000"

Headers = Mapping[str, str]


def main() -> None:
    """Measure each size against the bare view and print a table."""
    print("GET /api/v1/surveys/…/response-rate through gunicorn, SQLite")
    print(
        f"{'what':<26} {'invited':>8} {'load':>5} {'requests/s':>11} {'median ms':>10}"
        f" {'p99 ms':>7} {'this÷bare':>10}"
    )
    with tempfile.TemporaryDirectory() as name:
        environment = _environment(Path(name) / "bare.db")
        with served("bench.bare_view:app", environment) as bare_port:
            for people in SIZES:
                _measure(Path(name) / f"{people}.db", people, bare_port)


def _measure(path: Path, people: int, bare_port: int) -> None:
    environment = _environment(path)
    address, key = _prepare(environment, people)
    headers = {"Authorization": f"Bearer {key}"}
    with served("wsgi:app", environment) as port:
        tag = _ask(port, address, headers, status=200)
        cold = _time(
            port, address, headers, COLD_REQUESTS, status=200, before=lambda: _change(path)
        )
        tag = _ask(port, address, headers, status=200)
        known = {**headers, "If-None-Match": tag}
        bare: list[float] = []
        warm: list[float] = []
        unchanged: list[float] = []
        # In turns, so that what else the machine does meets all three.
        for _ in range(TURNS):
            count = REQUESTS // TURNS
            bare += _time(bare_port, "/document", {}, count, status=200)
            warm += _time(port, address, headers, count, status=200)
            unchanged += _time(port, address, known, count, status=304)
    _print_line("bare Flask JSON view", "", bare, bare)
    _print_line("cold", f"{people:,}", cold, bare)
    _print_line("warm", f"{people:,}", warm, bare)
    _print_line("304", f"{people:,}", unchanged, bare, limit=LIMIT)


def _print_line(
    what: str,
    people: str,
    spans: Sequence[float],
    bare: Sequence[float],
    *,
    limit: float | None = None,
) -> None:
    median = statistics.median(spans)
    ratio = median / statistics.median(bare)
    slow = sorted(spans)[-1 - len(spans) // 100]
    mark = "  above the limit" if limit is not None and ratio > limit else ""
    print(
        f"{what:<26} {people:>8} {os.getloadavg()[0]:>5.1f} {len(spans) / sum(spans):>11,.0f}"
        f" {median * 1000:>10.2f} {slow * 1000:>7.1f} {ratio:>10.1f}{mark}"
    )


def _environment(path: Path) -> dict[str, str]:
    return {
        **os.environ,  # noqa: TID251 - handed on to the servers
        "BARE_DATABASE": str(path),
        "DONUT_DATABASE_URL": f"sqlite:///{path}",
        "DONUT_SECRET_KEY": "only for this benchmark, on no server",
        "DONUT_BASE_URL": "http://127.0.0.1:8000",
        "DONUT_LOG_LEVEL": "WARNING",
        "DONUT_API_REQUESTS_A_MINUTE": HASTE,
    }


def _prepare(environment: dict[str, str], people: int) -> tuple[str, str]:
    """Run a survey among `people`; return where its rate is read, and a key that may."""
    app = create_app(read_settings(environment))
    with app.app_context():
        upgrade()
        tools = toolbox()
        now = tools.clock.now()
        with transaction() as session:
            fill(session, people=people, now=now)
            wanted = Wanted(
                name="bench", kind=ApiKeyKind.BEARER, scopes=[Scope.RATES_READ], is_demo=False
            )
            _key, shown = make_key(session, wanted=wanted, actor="bench", now=now, keys=tools.keys)
            launched = select(Survey.public_id).where(Survey.launched_at.is_not(None)).limit(1)
            name = session.scalars(launched).one()
    return f"/api/v1/surveys/srv_{name}/response-rate", shown


def _change(path: Path) -> None:
    """Raise every counter, as a change to a case does."""
    connection = sqlite3.connect(path, timeout=10)
    with connection:
        connection.execute("UPDATE revision SET value = value + 1")
    connection.close()


def _time(
    port: int,
    path: str,
    headers: Headers,
    count: int,
    *,
    status: int,
    before: Callable[[], None] = lambda: None,
) -> list[float]:
    """Return the seconds of each request, one after the other."""
    spans = []
    for _ in range(count):
        before()
        start = time.perf_counter()
        _ask(port, path, headers, status=status)
        spans.append(time.perf_counter() - start)
    return spans


def _ask(port: int, path: str, headers: Headers, *, status: int) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers=dict(headers))
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert answer.status == status, f"{answer.status} instead of {status}"
    return answer.headers.get("ETag", "")


if __name__ == "__main__":
    main()
