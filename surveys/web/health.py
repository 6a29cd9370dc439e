"""Whether this process lives (`/healthz`) and whether it can serve (`/readyz`).

Names and booleans only. A scheduler that has gone quiet is told but takes no web process out of
service: people must be able to answer while no mail goes out.
"""

import shutil
from datetime import datetime, timedelta
from functools import lru_cache

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, Response, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from models import Beat
from surveys.extensions import reader, toolbox
from surveys.settings import ROOT
from surveys.web.access import public

FREE_DISK_BYTES = 200 * 1024 * 1024
BEAT_LIMIT = timedelta(minutes=5)
DECISIVE = ("database", "migrations", "disk")


def attach(app: Flask) -> None:
    """Register both pages."""
    app.add_url_rule("/healthz", view_func=healthz)
    app.add_url_rule("/readyz", view_func=readyz)


@public
def healthz() -> Response:
    """Answer without touching anything."""
    return Response("ok\n", content_type="text/plain; charset=utf-8")


@public
def readyz() -> ResponseReturnValue:
    """Answer 200 when people can be served, else 503, with what was found."""
    found = {"database": False, "migrations": False, "scheduler": False, "disk": has_disk()}
    try:
        found["migrations"] = is_migrated()
        found["scheduler"] = is_beating()
        found["database"] = True
    except SQLAlchemyError:
        reader().rollback()
    is_ready = all(found[name] for name in DECISIVE)
    return jsonify(found), 200 if is_ready else 503


def is_migrated() -> bool:
    """Tell whether the database has the newest schema. Raises SQLAlchemyError."""
    current = MigrationContext.configure(reader().connection()).get_current_revision()
    return current == _newest_revision()


def find_last_beat() -> datetime | None:
    """Return when the scheduler last finished a job, or None when it never ran."""
    return reader().scalar(select(func.max(Beat.at)))


def is_beating() -> bool:
    """Tell whether the scheduler has finished a job lately."""
    last = find_last_beat()
    return last is not None and toolbox().clock.now() - last <= BEAT_LIMIT


def has_disk() -> bool:
    """Tell whether enough disk is free to go on recording."""
    return shutil.disk_usage(ROOT).free >= FREE_DISK_BYTES


@lru_cache
def _newest_revision() -> str | None:
    return ScriptDirectory(str(ROOT / "models" / "migrations")).get_current_head()
