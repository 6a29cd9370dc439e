"""`flask doctor`: what is right with this installation, what is not, and what to do about it."""

import shutil
import sys
from collections.abc import Callable, Iterator

import click
from flask.cli import with_appcontext
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from surveys.cli.doctor_domain import look_at_mail_server_name, look_at_sender_domain
from surveys.cli.doctor_findings import Finding
from surveys.cli.doctor_keys import look_at_keys
from surveys.cli.doctor_pace import look_at_pace
from surveys.cli.doctor_returns import look_at_returns
from surveys.cli.output import emit, json_option, say
from surveys.database import choose_sqlite
from surveys.delivery.house import read_mail_server
from surveys.delivery.smtp import KeptConnection
from surveys.errors import N_
from surveys.extensions import db, reader, toolbox
from surveys.i18n import format_instant
from surveys.settings import ROOT
from surveys.web.health import find_last_beat, has_disk, is_beating, is_migrated

GIB = 1024**3
SQLITE_WORDS = {
    "WAL": N_(
        "Database: SQLite %(version)s (%(driver)s), file %(file)s, journal %(mode)s:"
        " this version is free of the WAL-reset fault."
    ),
    "TRUNCATE": N_(
        "Database: SQLite %(version)s (%(driver)s), file %(file)s, journal %(mode)s:"
        " this version has the WAL-reset fault, so WAL stays off."
    ),
}


@click.command("doctor")
@with_appcontext
@json_option
def doctor(*, as_json: bool) -> None:
    """Look at settings, database, mail server, DNS, clock, scheduler and keys."""
    findings = [finding for look in LOOKS for finding in look()]
    is_well = all(finding.is_well is not False for finding in findings)
    result = {
        "well": is_well,
        "findings": [{"name": f.name, "well": f.is_well, "message": f.words} for f in findings],
    }
    emit(result, map(_line, findings), as_json=as_json)
    if not is_well:
        sys.exit(1)


def _line(finding: Finding) -> str:
    mark = {True: "✓", False: "✗", None: "?"}[finding.is_well]
    return f"{mark} {finding.words}"


def look_at_settings() -> Iterator[Finding]:
    """Settings were read, or nothing would run; name what people will see of them."""
    settings = toolbox().settings
    words = say(
        N_("Settings: links begin with %(base_url)s, mails come from %(sender)s."),
        base_url=settings.base_url,
        sender=settings.mail_default_sender,
    )
    yield Finding("settings", True, words)


def look_at_database() -> Iterator[Finding]:
    """The engine, its version, and for SQLite the journal with its reason."""
    try:
        yield _look_at_engine()
        migrated = is_migrated()
    except SQLAlchemyError as error:
        reader().rollback()
        fault = str(getattr(error, "orig", error)).splitlines()[0]
        yield Finding("database", False, say(N_("Database: not reached (%(fault)s)."), fault=fault))
        return
    newest = N_("Schema: the newest.")
    older = N_("Schema: not the newest. Run flask db upgrade.")
    yield Finding("schema", migrated, say(newest if migrated else older))


def _look_at_engine() -> Finding:
    url = make_url(toolbox().settings.database_url)
    if db.engine.dialect.name == "sqlite":
        choice = choose_sqlite()
        mode = str(reader().scalar(text("PRAGMA journal_mode"))).upper()
        words = say(
            SQLITE_WORDS[choice.journal_mode],
            file=url.database,
            driver=choice.driver.__name__,
            version=".".join(map(str, choice.version)),
            mode=mode,
        )
        return Finding("database", mode == choice.journal_mode, words)
    version = reader().scalar(text("SHOW server_version"))
    settings = [text("SHOW fsync"), text("SHOW synchronous_commit")]
    is_durable = all(reader().scalar(setting) == "on" for setting in settings)
    words = (
        N_("Database: PostgreSQL %(version)s.")
        if is_durable
        else N_(
            "Database: PostgreSQL %(version)s forgets commits in a crash."
            " Switch fsync and synchronous_commit on."
        )
    )
    return Finding("database", is_durable, say(words, version=version))


def look_at_disk() -> Iterator[Finding]:
    """Room to go on recording."""
    free = f"{shutil.disk_usage(ROOT).free / GIB:.1f}"
    yield Finding("disk", has_disk(), say(N_("Disk: %(free)s GiB free."), free=free))


def look_at_mail_server() -> Iterator[Finding]:
    """Connect, speak TLS and sign in as the sender would, and leave again."""
    server = read_mail_server(toolbox().settings)
    connection = KeptConnection(server)
    fault = connection.open()
    connection.close()
    place = {"host": server.host, "port": server.port}
    if fault is None:
        words = say(N_("Mail server: %(host)s port %(port)s takes our mails."), **place)
        yield Finding("mail_server", True, words)
        return
    words = say(
        N_("Mail server: %(host)s port %(port)s does not (%(fault)s). Mails wait in the outbox."),
        fault=f"{fault.code} {fault.text}" if fault.code else fault.text,
        **place,
    )
    yield Finding("mail_server", False, words)


def look_at_clock() -> Iterator[Finding]:
    """The machine's time in the zone where days and years begin."""
    box = toolbox()
    now = box.clock.now()
    words = say(
        N_("Clock: %(local)s in %(zone)s."),
        local=format_instant(now, box.settings.default_language, box.settings.zone),
        zone=box.settings.timezone,
    )
    yield Finding("clock", True, words)


def look_at_scheduler() -> Iterator[Finding]:
    """When the scheduler last finished a job."""
    try:
        last, is_well = find_last_beat(), is_beating()
    except SQLAlchemyError:
        reader().rollback()
        return
    if last is None:
        words = say(N_("Scheduler: never ran. Start flask scheduler."))
        yield Finding("scheduler", False, words)
        return
    settings = toolbox().settings
    at = format_instant(last, settings.default_language, settings.zone)
    words = (
        N_("Scheduler: last tick %(at)s.")
        if is_well
        else N_("Scheduler: silent since %(at)s. Start flask scheduler.")
    )
    yield Finding("scheduler", is_well, say(words, at=at))


LOOKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    look_at_settings,
    look_at_database,
    look_at_disk,
    look_at_mail_server,
    look_at_mail_server_name,
    look_at_sender_domain,
    look_at_returns,
    look_at_pace,
    look_at_clock,
    look_at_scheduler,
    look_at_keys,
)
