"""Taking answers: final submits a second through gunicorn, against a bare view with one INSERT.

Both run in the same gunicorn (one process, eight threads) on SQLite with full durability, under
the same client: `python -m bench.answering`.
"""

import http.client
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

from flask_migrate import upgrade
from sqlalchemy import insert
from sqlalchemy.orm import Session

from app import create_app
from bench.serving import served
from models import Alumnus, Invitation, Survey
from surveys.building.drafts import save_draft
from surveys.building.publishing import publish
from surveys.building.reading import read_definition
from surveys.environment import read_settings
from surveys.extensions import toolbox, transaction
from surveys.settings import ROOT
from surveys.tokens import Purpose, make_link_token

PEOPLE = 1_600
CLIENTS = 16
DEMO_SURVEY = ROOT / "demo" / "data" / "mezun-izleme.yaml"
ANSWERS = urlencode(
    {
        "nps": "9",
        "satisfaction": "4",
        "emp_status": "full_time",
        "sector": "private",
        "field_match": "5",
        "skills.field": "5",
        "skills.language": "2",
        "alumni_system": "yes",
        "comment": "Teşekkürler",
        "_action": "submit",
    }
)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

Call = tuple[str, str, str | None]


def main() -> None:
    """Measure the bare view, then our page and our submit, and print a table."""
    print("Answers through gunicorn (1 process, 8 threads, SQLite, synchronous=FULL)")
    print(f"{'what':<34} {'requests/s':>10} {'slowest 1 % ms':>15} {'bare÷this':>10}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = _environment(folder)
        paths = _prepare(environment)
        bare_calls: list[Call] = [("POST", "/answer", ANSWERS)] * PEOPLE
        bare = _measure("bench.bare_view:app", environment, bare_calls, status=204)
        _print_line("bare view, one INSERT", bare, bare)
        pages: list[Call] = [("GET", path, None) for path in paths]
        _print_line("our form opened", _measure("wsgi:app", environment, pages, status=200), bare)
        forms: list[Call] = [("POST", path, ANSWERS) for path in paths]
        _print_line("our final submit", _measure("wsgi:app", environment, forms, status=303), bare)


def _print_line(what: str, spans: Sequence[float], bare: Sequence[float]) -> None:
    """`spans`: seconds of the whole run first, then of each request."""
    rate, bare_rate = PEOPLE / spans[0], PEOPLE / bare[0]
    slow_ms = sorted(spans[1:])[-len(spans) // 100] * 1000
    print(f"{what:<34} {rate:>10,.0f} {slow_ms:>15,.1f} {bare_rate / rate:>10.1f}")


def _environment(folder: Path) -> dict[str, str]:
    return {
        **os.environ,  # noqa: TID251 - handed on to the servers
        "BARE_DATABASE": str(folder / "bare.db"),
        "DONUT_DATABASE_URL": f"sqlite:///{folder / 'donut.db'}",
        "DONUT_SECRET_KEY": "only for this benchmark, on no server",
        "DONUT_BASE_URL": "http://127.0.0.1:8000",
        "DONUT_LOG_LEVEL": "WARNING",
    }


def _prepare(environment: dict[str, str]) -> list[str]:
    """Invite PEOPLE to the demo's survey and return the paths of their links."""
    app = create_app(read_settings(environment))
    with app.app_context():
        upgrade()
        with transaction() as session:
            public_ids = _invite(session)
        key = toolbox().keys.link[0]
    return [
        f"/s/{make_link_token(key, public_id=public_id, epoch=0, purpose=Purpose.ANSWER)}"
        for public_id in public_ids
    ]


def _invite(session: Session) -> list[str]:
    now = toolbox().clock.now()
    definition = read_definition(DEMO_SURVEY.read_text(encoding="utf-8"), filename="survey.yaml")
    survey: Survey = save_draft(session, definition=definition, is_demo=True, now=now)
    version = publish(session, survey=survey, now=now)
    survey.launched_at = survey.opens_at = now
    person = {"is_demo": True, "registered_at": now, "updated_at": now, "email_fault": "missing"}
    session.execute(
        insert(Alumnus),
        [{**person, "external_id": str(n), "attributes": {}} for n in range(PEOPLE)],
    )
    public_ids = [f"{number:016x}" for number in range(PEOPLE)]
    case = {"survey_id": survey.id, "survey_version_id": version.id, "created_at": now}
    session.execute(
        insert(Invitation),
        [{**case, "alumnus_id": n + 1, "public_id": i} for n, i in enumerate(public_ids)],
    )
    return public_ids


def _measure(
    target: str, environment: dict[str, str], calls: Sequence[Call], *, status: int
) -> list[float]:
    """Return the seconds of the whole run, then of each request."""
    shares = [calls[number::CLIENTS] for number in range(CLIENTS)]
    with served(target, environment) as port, ThreadPoolExecutor(CLIENTS) as clients:
        start = time.perf_counter()
        spans = list(clients.map(_client(port, status), shares))
        return [time.perf_counter() - start, *(span for share in spans for span in share)]


def _client(port: int, status: int) -> Callable[[Sequence[Call]], list[float]]:
    def run(calls: Sequence[Call]) -> list[float]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        spans = []
        for method, path, body in calls:
            start = time.perf_counter()
            connection.request(method, path, body, FORM if body else {})
            answer = connection.getresponse()
            answer.read()
            spans.append(time.perf_counter() - start)
            assert answer.status == status, f"{answer.status} instead of {status}"
        connection.close()
        return spans

    return run


if __name__ == "__main__":
    main()
