"""The history of a draft for people: who did what when, newest first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Staff, Survey
from surveys.building.revisions import (
    BASELINE,
    COPY,
    CORRECT,
    LOAD,
    REDO,
    RESTORE,
    START,
    UNDO,
    list_entries,
)
from surveys.errors import N_

STAFF = "staff:"
ACTION_WORDS = {
    "question.add": N_("Question added"),
    "question.set": N_("Question changed"),
    "question.move": N_("Question moved"),
    "question.duplicate": N_("Question duplicated"),
    "question.delete": N_("Question deleted"),
    "section.add": N_("Section added"),
    "section.set": N_("Section renamed"),
    "section.move": N_("Section moved"),
    "section.delete": N_("Section deleted"),
    "survey.set": N_("Survey's details changed"),
    "audience.set": N_("Audience changed"),
    "mailing.add": N_("E-mail added"),
    "mailing.set": N_("E-mail changed"),
    "mailing.delete": N_("E-mail deleted"),
    START: N_("Survey started"),
    COPY: N_("Copied from another survey"),
    LOAD: N_("Loaded from a file"),
    CORRECT: N_("Corrected while live"),
    BASELINE: N_("Draft from before the history"),
    UNDO: N_("Undone"),
    REDO: N_("Redone"),
    RESTORE: N_("Went back to an earlier version"),
}


@dataclass(frozen=True)
class Step:
    """One revision. `words`: an English sentence of the catalogue; `who`: a name or address.

    `undoes`: number of the revision that it took back; `details` as the operation left them.
    """

    number: int
    words: str
    action: str
    subject: str | None
    details: dict[str, Any]
    undoes: int | None
    actor: str
    who: str
    at: datetime


def list_history(session: Session, *, survey: Survey) -> Sequence[Step]:
    """Return the survey's revisions, newest first."""
    entries = list_entries(session, survey)
    names = name_actors(session, (entry.actor for entry in entries))
    return [
        Step(
            number=entry.number,
            words=ACTION_WORDS[entry.action],
            action=entry.action,
            subject=entry.subject,
            details=entry.details,
            undoes=entry.undoes,
            actor=entry.actor,
            who=names[entry.actor],
            at=entry.created_at,
        )
        for entry in reversed(entries)
    ]


def name_actors(session: Session, actors: Iterable[str]) -> dict[str, str]:
    """Return actor → name of the member of staff, else their address; others stay as they are."""
    wanted = set(actors)
    ids = [int(actor.removeprefix(STAFF)) for actor in wanted if actor.startswith(STAFF)]
    rows = session.execute(select(Staff.id, Staff.name, Staff.email).where(Staff.id.in_(ids)))
    names = {f"{STAFF}{row.id}": row.name or row.email for row in rows}
    return {actor: names.get(actor, actor) for actor in wanted}
