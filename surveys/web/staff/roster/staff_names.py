"""Who did something, as a page names them: the audit trail's `staff:3` → a colleague."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import ApiKey, Staff
from surveys.errors import N_
from surveys.web.words import gettext

PREFIX = "staff:"
KEY_PREFIX = "apk_"
COMMAND_LINE = N_("Command line")


def name_staff(session: Session, actors: Iterable[str | None]) -> dict[str | None, str]:
    """Return each actor's name: a colleague's (or their address), or that of another system's key.

    A key and its successor have one name, so the id stands beside it.
    """
    wanted = set(actors)
    known = _name_people(session, wanted) | _name_keys(session, wanted)
    return {actor: known.get(actor or "", gettext(COMMAND_LINE)) for actor in wanted}


def _name_people(session: Session, wanted: set[str | None]) -> dict[str, str]:
    ids = {int(actor[len(PREFIX) :]) for actor in wanted if actor and actor.startswith(PREFIX)}
    rows = session.scalars(select(Staff).where(Staff.id.in_(ids)))
    return {f"{PREFIX}{row.id}": row.name or row.email for row in rows}


def _name_keys(session: Session, wanted: set[str | None]) -> dict[str, str]:
    ids = {a[len(KEY_PREFIX) :] for a in wanted if a and a.startswith(KEY_PREFIX)}
    if not ids:
        return {}
    rows = session.scalars(select(ApiKey).where(ApiKey.public_id.in_(ids)))
    return {f"{KEY_PREFIX}{row.public_id}": f"{row.name} ({row.public_id})" for row in rows}
