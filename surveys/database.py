"""How the engine opens a database: the SQLite driver, its journal, and where a write begins.

Chosen once at start and shown by `flask doctor`; knows nothing of tables. Also the database's
own clock, in the dialect of each engine.
"""

import importlib
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import psycopg
from sqlalchemy import Connection, CursorResult, Engine, Result, event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from models import UTCDateTime

WRITE_OPTION = "donut_write"
GLANCE_OPTION = "donut_glance"
BUSY_TIMEOUT_MS = 10_000
IDLE_LIMIT_MS = 60_000
FIRST_WITH_FAULT = (3, 7, 0)
FIRST_FIXED = (3, 51, 3)
BACKPORTS = ((3, 50, 7), (3, 44, 6))
WITHDRAWN = (3, 52, 0)
DURABILITY_SETTINGS = ("fsync", "synchronous_commit")

Version = tuple[int, ...]


@dataclass(frozen=True)
class SQLiteChoice:
    """Driver, library version and journal mode; TRUNCATE where WAL could lose pages."""

    driver: ModuleType
    version: Version
    journal_mode: str


def has_wal_reset_fault(version: Version) -> bool:
    """Tell whether an SQLite library can lose pages when a WAL is reset under two writers.

    Source: sqlite.org, release notes of 3.51.3, 3.50.7 and 3.44.6; 3.52.0 was withdrawn.
    """
    if version < FIRST_WITH_FAULT:
        return False
    if version == WITHDRAWN:
        return True
    is_backport = any(version[:2] == fix[:2] and version >= fix for fix in BACKPORTS)
    return version < FIRST_FIXED and not is_backport


def choose_sqlite(version: Version | None = None) -> SQLiteChoice:
    """Return the bundled driver where there is one, and WAL only where the library is sound."""
    driver = _find_driver()
    found = version or tuple(driver.sqlite_version_info)
    return SQLiteChoice(driver, found, "TRUNCATE" if has_wal_reset_fault(found) else "WAL")


def engine_options(database_url: str) -> dict[str, Any]:
    """Return what `create_engine` needs for this address; makes the folder of an SQLite file.

    Bound values are answers and addresses: they stay out of error messages, hence out of logs.
    """
    url = make_url(database_url)
    if url.drivername != "sqlite":
        # A prepared statement belongs to a session, and pgbouncer deals sessions out anew.
        connecting = {"prepare_threshold": None}
        return {"pool_pre_ping": True, "hide_parameters": True, "connect_args": connecting}
    Path(url.database or "").parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {"module": choose_sqlite().driver, "hide_parameters": True}


def prepare_engine(engine: Engine, choice: SQLiteChoice | None = None) -> None:
    """Attach what each connection and each transaction of `engine` begins with."""
    if engine.dialect.name != "sqlite":
        event.listen(engine, "connect", _limit_idling)
        return
    chosen = choice or choose_sqlite()

    def on_connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        cursor.execute(f"PRAGMA journal_mode={chosen.journal_mode}")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", _begin)


class database_time(FunctionElement[datetime]):  # noqa: N801 - named like an SQL function
    """The database's own clock plus a number of seconds: `database_time(900)`.

    Leases rest on it, since the clocks of several hosts differ and a host's clock jumps.
    """

    type = UTCDateTime()
    inherit_cache = True


@compiles(database_time, "postgresql")
def _time_of_postgresql(element: FunctionElement[Any], compiler: SQLCompiler, **kw: Any) -> str:
    seconds = compiler.process(element.clauses, **kw)
    return f"clock_timestamp() + make_interval(secs => {seconds})"


@compiles(database_time, "sqlite")
def _time_of_sqlite(element: FunctionElement[Any], compiler: SQLCompiler, **kw: Any) -> str:
    seconds = compiler.process(element.clauses, **kw)
    return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', {seconds} || ' seconds')"


def find_relaxed_setting(connection: Connection) -> str | None:
    """Return the setting by which PostgreSQL forgets commits at a crash, or None.

    On SQLite each connection is told to keep them, see `prepare_engine`.
    """
    if connection.dialect.name == "sqlite":
        return None
    shown = {
        name: connection.exec_driver_sql(f"SHOW {name}").scalar() for name in DURABILITY_SETTINGS
    }
    return next((name for name, value in shown.items() if value == "off"), None)


def changed_count(result: Result[Any]) -> int:
    """Return how many rows a statement changed; an INSERT needs the option `preserve_rowcount`."""
    assert isinstance(result, CursorResult)  # noqa: S101 - for the type checker: such have cursors
    return result.rowcount


def _limit_idling(connection: psycopg.Connection, _record: object) -> None:
    """Let PostgreSQL end a transaction whose host was cut off: what it has locked stops others."""
    connection.autocommit = True
    connection.execute(f"SET idle_in_transaction_session_timeout = {IDLE_LIMIT_MS}")
    connection.autocommit = False


def _begin(connection: Connection) -> None:
    """A writer takes the lock at once: a read that turns into a write would be refused."""
    options = connection.get_execution_options()
    if not options.get(GLANCE_OPTION):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(WRITE_OPTION) else "BEGIN")


def _find_driver() -> ModuleType:
    try:
        return importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        return sqlite3
