"""Staff pages: server time a page, against a bare Flask view and the page's own queries alone.

Wall time counts, as people wait it; CPU time beside it says how much of it was others' load. Cold
is a page's first request of the process. Limit: 100 ms at the median over the demo roster, the
overview with 100,000 invitations too: `python -m bench.pages`.
"""

import json
import os
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import Engine, event

from app import create_app
from bench.crowd import fill
from surveys.environment import read_settings
from surveys.extensions import db, toolbox, transaction

BASE_URL = "http://127.0.0.1:8000"
DEMO_SIZE = 3_581
LARGE_SIZE = 100_000
ROUNDS = 9
LIMIT_MS = 100.0
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')

SURVEY = "/surveys/mezun-izleme-2026"
PAGES = {
    "overview": "/",
    "survey": SURVEY,
    "results": f"{SURVEY}/results",
    "surveys": "/surveys",
    "questions": f"{SURVEY}/questions",
    "audience": f"{SURVEY}/audience",
    "mails": f"{SURVEY}/mails",
    "correct": f"{SURVEY}/correct",
    "export": f"{SURVEY}/export",
    "roster": "/roster",
    "search": "/roster?search=Ayşe1&unit=Fakülte 1",
    "no address": "/roster?standing=no_address",
    "person": "/roster/5",
    "outbox": "/outbox",
    "indicator": "/indicators/PG3.3.5",
    "audit": "/audit",
}
LARGE_PAGES = ("overview", "outbox", "indicator")

Statement = tuple[str, Any]


def main() -> None:
    """Measure the pages at both sizes and print a table."""
    print(f"Staff pages on SQLite, median of {ROUNDS} requests; limit {LIMIT_MS:.0f} ms")
    print(
        f"{'page':<12} {'people':>8} {'load':>5} {'cold ms':>8} {'ours ms':>8} {'CPU ms':>7}"
        f" {'bare ms':>8} {'queries ms':>11} {'queries':>8} {'ours÷bare':>10} {'ours÷queries':>13}"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for people in (DEMO_SIZE, LARGE_SIZE):
            app = _prepare(folder / f"{people}.db", people)
            pages = PAGES if people == DEMO_SIZE else {name: PAGES[name] for name in LARGE_PAGES}
            _measure_all(app, people, pages)


def _prepare(path: Path, people: int) -> Flask:
    settings = {
        "DONUT_DATABASE_URL": f"sqlite:///{path}",
        "DONUT_SECRET_KEY": "only for this benchmark, on no server",
        "DONUT_BASE_URL": BASE_URL,
        "DONUT_LOG_LEVEL": "ERROR",
    }
    app = create_app(read_settings(settings))
    with app.app_context():
        upgrade()
        with transaction() as session:
            fill(session, people=people, now=toolbox().clock.now())
    return app


def _measure_all(app: Flask, people: int, pages: dict[str, str]) -> None:
    client = _sign_in(app)
    with app.app_context():
        engine = db.engine
    for name, path in pages.items():
        look = partial(_open, client, path)
        cold = _take_ms(look)[0]
        statements = _record(engine, look)
        ours, cpu = _median_ms(look)
        bare, _ = _median_ms(_bare_view(len(look())))
        queries, _ = _median_ms(partial(_replay, engine, statements))
        mark = "" if ours <= LIMIT_MS else "  above the limit"
        print(
            f"{name:<12} {people:>8,} {os.getloadavg()[0]:>5.1f} {cold:>8.1f} {ours:>8.1f}"
            f" {cpu:>7.1f} {bare:>8.2f} {queries:>11.1f} {len(statements):>8}"
            f" {ours / bare:>10.1f} {ours / queries:>13.1f}{mark}"
        )


def _sign_in(app: Flask) -> FlaskClient:
    """Return a client that went in by a one-time link, as the demo's visitor does."""
    arguments = ["staff", "add", "bench@example.com", "--role", "admin", "--sign-in", "--json"]
    link = json.loads(app.test_cli_runner().invoke(args=arguments).output.splitlines()[-1])["link"]
    client = app.test_client()
    path = str(link).removeprefix(BASE_URL)
    token = TOKEN.search(_open(client, path))
    assert token
    client.post(path, data={"csrf_token": token[1]}, base_url=BASE_URL)
    return client


def _open(client: FlaskClient, path: str) -> str:
    answer = client.get(path, base_url=BASE_URL)
    assert answer.status == "200 OK", f"{path}: {answer.status}"
    return answer.get_data(as_text=True)


def _bare_view(length: int) -> Callable[[], object]:
    """Return a call of a Flask view that answers as many bytes and does nothing else."""
    app = Flask("bare")
    page = "x" * length
    app.add_url_rule("/", view_func=lambda: page)
    client = app.test_client()
    return lambda: client.get("/").data


def _record(engine: Engine, call: Callable[[], object]) -> list[Statement]:
    found: list[Statement] = []

    def note(_c: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        found.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    call()
    event.remove(engine, "before_cursor_execute", note)
    return found


def _replay(engine: Engine, statements: Sequence[Statement]) -> None:
    connection = engine.raw_connection()
    cursor = connection.cursor()
    for statement, parameters in statements:
        cursor.execute(statement, parameters)
        cursor.fetchall()
    connection.close()


def _median_ms(call: Callable[[], object]) -> tuple[float, float]:
    call()
    spans = [_take_ms(call) for _ in range(ROUNDS)]
    wall, cpu = zip(*spans, strict=True)
    return statistics.median(wall), statistics.median(cpu)


def _take_ms(call: Callable[[], object]) -> tuple[float, float]:
    """Return how long `call` took by the clock, and of the processor."""
    began, used = time.perf_counter(), time.process_time()
    call()
    return (time.perf_counter() - began) * 1000, (time.process_time() - used) * 1000


if __name__ == "__main__":
    main()
