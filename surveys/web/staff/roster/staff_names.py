"""Who did something, as a page names them: the audit trail's `staff:3` → a colleague."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Staff
from surveys.errors import N_
from surveys.web.words import gettext

PREFIX = "staff:"
COMMAND_LINE = N_("Command line")


def name_staff(session: Session, actors: Iterable[str | None]) -> dict[str | None, str]:
    """Return each actor's name, or their address where they have given none."""
    wanted = set(actors)
    ids = {int(actor[len(PREFIX) :]) for actor in wanted if actor and actor.startswith(PREFIX)}
    rows = session.scalars(select(Staff).where(Staff.id.in_(ids)))
    known = {f"{PREFIX}{row.id}": row.name or row.email for row in rows}
    return {actor: known.get(actor or "", gettext(COMMAND_LINE)) for actor in wanted}
