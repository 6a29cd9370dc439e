"""The only Flask glue that the edges share: the database, the edge transaction, the toolbox."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from threading import RLock

from flask import Flask, current_app, g  # noqa: TID251 - this is the one place
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from models import Base
from surveys.clock import Clock, SystemClock
from surveys.database import GLANCE_OPTION, WRITE_OPTION
from surveys.settings import Settings
from surveys.tokens import Keys

db = SQLAlchemy(metadata=Base.metadata)
migrate = Migrate()
login_manager = LoginManager()
csrf = CSRFProtect()
_writers = RLock()
COUNTERS, GLANCES, GLANCE = "donut_counters", "donut_glances", "donut_glance"


@dataclass(frozen=True)
class Toolbox:
    """What the edges hand to the rooms; tests hand in their own."""

    settings: Settings
    keys: Keys
    clock: Clock = field(default_factory=SystemClock)


def toolbox() -> Toolbox:
    """Return the toolbox of the current application."""
    box = current_app.extensions["donut"]
    assert isinstance(box, Toolbox)  # noqa: S101 - for the type checker: create_app put it there
    return box


def attach_counters(app: Flask, storage_uri: str) -> None:
    """Let `app` count tries at `storage_uri`, whose failures are of one kind: StorageError."""
    storage = storage_from_string(storage_uri, wrap_exceptions=True)
    app.extensions[COUNTERS] = FixedWindowRateLimiter(storage)


def counters() -> FixedWindowRateLimiter:
    """Return where the current application counts tries."""
    found: FixedWindowRateLimiter = current_app.extensions[COUNTERS]
    return found


def application() -> Flask:
    """Return the current application itself, for threads that push contexts of their own."""
    app = current_app._get_current_object()  # type: ignore[attr-defined] # noqa: SLF001 - Flask's documented way out of the proxy
    assert isinstance(app, Flask)  # noqa: S101 - for the type checker
    return app


@contextmanager
def transaction() -> Iterator[Session]:
    """Yield the session inside one write transaction: commit at the end, roll back on any error.

    Ends an open read first, so that what is read inside is what the write rests on. Objects
    loaded before are expired. Raises RuntimeError when unsaved changes are pending.
    """
    session = reader()
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("changes made outside a transaction")
    session.rollback()
    with _turn_of(session):
        session.connection(execution_options={WRITE_OPTION: True})
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


def _turn_of(session: Session) -> AbstractContextManager[object]:
    """SQLite's waiting for the one writer sleeps in steps and is unfair: threads queue up here."""
    return _writers if session.get_bind().dialect.name == "sqlite" else nullcontext()


def glance() -> Connection:
    """Return a connection on which each statement reads for itself, in no transaction.

    For what every request asks, often without asking anything else: none is begun, so none has to
    be ended, which on PostgreSQL are two round trips more. It is the same for the whole request,
    and given back as soon as the session is used: nobody holds two connections.
    """
    connection: Connection | None = g.get(GLANCE)
    if connection is None:
        connection = g.setdefault(GLANCE, _glancing_engine().connect())
    return connection


def attach_glances(app: Flask) -> None:
    """Let `app` give a request's connection for glances back at its end."""
    app.teardown_appcontext(lambda _fault: _end_glances())


def _end_glances() -> None:
    connection: Connection | None = g.pop(GLANCE, None)
    if connection is not None:
        connection.close()


def _glancing_engine() -> Engine:
    """The engine with the options of a glance, made once: making it takes as long as asking."""
    app = application()
    if GLANCES not in app.extensions:
        is_sqlite = db.engine.dialect.name == "sqlite"
        alone = {GLANCE_OPTION: True} if is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        app.extensions[GLANCES] = db.engine.execution_options(**alone)
    engine: Engine = app.extensions[GLANCES]
    return engine


@contextmanager
def snapshot() -> Iterator[Session]:
    """Yield the session inside one read transaction that sees a single state of the database.

    So a revision and the counts under it belong together whatever others commit meanwhile. SQLite
    reads so by itself; PostgreSQL is asked to. Ends an open read first; raises RuntimeError when
    unsaved changes are pending.
    """
    session = reader()
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("changes made outside a transaction")
    session.rollback()
    if session.get_bind().dialect.name != "sqlite":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    try:
        yield session
    finally:
        session.rollback()


def reader() -> Session:
    """Return the session for reading; nothing that is done with it is committed."""
    _end_glances()
    session: Session = db.session()
    return session
