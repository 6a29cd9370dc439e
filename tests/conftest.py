"""One migrated database copied for each test; a settable clock; the application around them."""

import os
import shutil
import signal
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from app import create_app
from surveys.environment import read_settings
from surveys.extensions import Toolbox, db
from surveys.settings import Settings
from tests import postgresql

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SECRET_KEY = "test-secret-key-of-more-than-32-characters"


class SettableClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: datetime = NOW) -> None:
        self.instant = now

    def now(self) -> datetime:
        return self.instant

    def monotonic(self) -> float:
        return self.instant.timestamp()

    def advance(self, span: timedelta) -> None:
        self.instant += span


def pytest_configure() -> None:
    """Let processes that tests start hear SIGINT, also where a shell had us ignore it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engine", choices=["sqlite", "postgresql"], default="sqlite")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, on SQLite, what only several writers at once can show: it is no skipped test."""
    if config.getoption("--engine") == "postgresql":
        return
    left_out = [item for item in items if item.get_closest_marker("postgresql")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def skip_or_fail(reason: str) -> None:
    """Skip for want of something on this machine; in CI a missing thing is a failure."""
    if os.environ.get("CI"):  # noqa: TID251
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def engine_name(request: pytest.FixtureRequest) -> str:
    return str(request.config.getoption("--engine"))


@contextmanager
def server_folder() -> Iterator[Path]:
    """Yield a folder for a server that runs as another user, who can't enter pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="donut-server-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_socket() -> Iterator[str]:
    """The socket folder of a PostgreSQL server of this session's own."""
    if postgresql.find_binaries() is None:
        skip_or_fail("PostgreSQL is missing: install the package postgresql")
    with server_folder() as folder, postgresql.running_server(folder) as socket_folder:
        yield socket_folder


def state_folder(database_url: str) -> str:
    """Return a folder beside a test's database, which is a copy that looks like every other's."""
    url = make_url(database_url)
    beside = Path(url.database or "").parent
    return str((beside if url.drivername == "sqlite" else Path(str(url.query["host"]))) / "state")


def make_settings(database_url: str, **over: str) -> Settings:
    """Return settings for tests; `over` are further variables without their prefix."""
    environment = {
        "DATABASE_URL": database_url,
        "SECRET_KEY": SECRET_KEY,
        "BASE_URL": "https://anket.example.edu.tr",
        "MAIL_DEFAULT_SENDER": "Mezunlar Ofisi <mezun@example.edu.tr>",
        # Most tests are about something else than the first mails going ahead.
        "MAIL_CANARY": "0",
        "STATE_FOLDER": state_folder(database_url),
        "ORGANISATION_NAME": "Örnek Üniversitesi",
        "ORGANISATION_NAME_EN": "Example University",
        **over,
    }
    return read_settings({f"DONUT_{name}": value for name, value in environment.items()})


def _migrate(database_url: str) -> None:
    app = create_app(make_settings(database_url))
    with app.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def migrated_template(
    engine_name: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """The path (SQLite) or address (PostgreSQL) of a migrated, empty database."""
    if engine_name == "postgresql":
        socket_folder = request.getfixturevalue("postgresql_socket")
        url = postgresql.create_database(socket_folder, "donut_template")
        _migrate(url)
        return url
    path = tmp_path_factory.mktemp("template") / "donut.db"
    _migrate(f"sqlite:///{path}")
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return str(path)


@pytest.fixture
def database_url(
    engine_name: str, migrated_template: str, request: pytest.FixtureRequest, tmp_path: Path
) -> str:
    """The address of a fresh, migrated database of this test's own, on the engine under test."""
    if engine_name == "postgresql":
        socket_folder = request.getfixturevalue("postgresql_socket")
        url = postgresql.create_database(socket_folder, "donut", template="donut_template")
    else:
        path = tmp_path / "donut.db"
        shutil.copy(migrated_template, path)
        url = f"sqlite:///{path}"
    shutil.rmtree(state_folder(url), ignore_errors=True)
    return url


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
def settings(database_url: str) -> Settings:
    return make_settings(database_url)


@pytest.fixture
def app(settings: Settings, clock: SettableClock) -> Iterator[Flask]:
    app = create_app(toolbox=Toolbox(settings=settings, keys=settings.keys(), clock=clock))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session of the test's own, for rooms; commit to let another connection see."""
    with app.app_context(), Session(db.engine) as session:
        yield session


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
