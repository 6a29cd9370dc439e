"""The one way in which a draft changes: an operation, an undo, a redo, a return to what was.

Each writes the document, raises the survey's revision and leaves a SurveyRevision, all in the
caller's transaction. The draft is locked first: of two at the same moment the second waits, finds
the first one's revision, and is applied on top of it or told.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import Survey, SurveyRevision
from surveys.building.applying import apply
from surveys.building.conflicts import EditConflict, find_conflict
from surveys.building.history import name_actors
from surveys.building.operations import Operation
from surveys.building.revisions import (
    REDO,
    RESTORE,
    UNDO,
    Act,
    Entry,
    get_present,
    get_revision,
    list_entries,
    lock_draft,
    write_revision,
)
from surveys.errors import N_, DonutError


class NothingToUndo(DonutError):
    """Every operation is taken back already, or there was none."""

    code = "nothing_to_undo"
    status = 409
    message = N_("There is nothing to undo.")


class NothingToRedo(DonutError):
    """Nothing was undone last."""

    code = "nothing_to_redo"
    status = 409
    message = N_("There is nothing to redo.")


@dataclass(frozen=True)
class Reach:
    """The revisions that undo and redo would take back now; None when there is nothing to."""

    undo: Entry | None
    redo: Entry | None


def edit(
    session: Session,
    *,
    survey: Survey,
    operation: Operation,
    base_revision: int,
    actor: str,
    now: datetime,
) -> SurveyRevision:
    """Apply an operation to the draft and return its new revision.

    `base_revision`: the one that the form was made from. What others changed since elsewhere stays;
    an operation that changes nothing writes nothing and returns the present revision.
    Raises SurveyAlreadyLaunched, EditConflict, EditRefused, SubjectGone.
    """
    lock_draft(session, survey)
    since = list_entries(session, survey, after=base_revision)
    conflict = find_conflict(operation, since, actor=actor, document=survey.definition)
    if conflict is not None:
        raise EditConflict(**_describe(session, conflict))
    applied = apply(operation, survey.definition)
    act = Act(operation.action, actor, now, subject=applied.subject, details=applied.details)
    if applied.document == survey.definition:
        return get_present(session, survey)
    return write_revision(session, survey=survey, document=applied.document, act=act)


def undo(session: Session, *, survey: Survey, actor: str, now: datetime) -> SurveyRevision:
    """Take back the last operation that is not taken back yet, whoever did it.

    The new revision's details say `whose` it was. Raises SurveyAlreadyLaunched, NothingToUndo.
    """
    lock_draft(session, survey)
    last = find_reach(session, survey=survey).undo
    if last is None:
        raise NothingToUndo
    document = get_revision(session, survey, last.number - 1).definition
    return _take_back(session, survey, document, last, Act(UNDO, actor, now))


def redo(session: Session, *, survey: Survey, actor: str, now: datetime) -> SurveyRevision:
    """Take back the last undo, as long as nothing else was done after it.

    Raises SurveyAlreadyLaunched, NothingToRedo.
    """
    lock_draft(session, survey)
    last = find_reach(session, survey=survey).redo
    if last is None:
        raise NothingToRedo
    document = get_revision(session, survey, last.undoes).definition
    return _take_back(session, survey, document, last, Act(REDO, actor, now))


def restore(
    session: Session, *, survey: Survey, number: int, actor: str, now: datetime
) -> SurveyRevision:
    """Make the draft what it was after revision `number`; an operation like any other.

    Raises SurveyAlreadyLaunched, RevisionUnknown.
    """
    lock_draft(session, survey)
    document = get_revision(session, survey, number).definition
    act = Act(RESTORE, actor, now, details={"number": number})
    return write_revision(session, survey=survey, document=document, act=act)


def find_reach(session: Session, *, survey: Survey) -> Reach:
    """Return what undo and redo would take back now."""
    entries = list_entries(session, survey)
    by_number = {entry.number: entry for entry in entries}
    done: list[Entry] = []
    undone: list[Entry] = []
    for entry in entries[1:]:
        if entry.action == UNDO:
            done.pop()
            undone.append(entry)
        elif entry.action == REDO:
            done.append(by_number[undone.pop().undoes])
        else:
            done.append(entry)
            undone.clear()
    return Reach(undo=done[-1] if done else None, redo=undone[-1] if undone else None)


def _take_back(
    session: Session, survey: Survey, document: dict[str, Any], last: Entry, act: Act
) -> SurveyRevision:
    details = {"action": last.action, "whose": last.actor, **last.details}
    if last.action == UNDO:
        details = last.details
    full = replace(act, subject=last.subject, undoes=last.number, details=details)
    return write_revision(session, survey=survey, document=document, act=full)


def _describe(session: Session, entry: Entry) -> dict[str, object]:
    who = name_actors(session, [entry.actor])[entry.actor]
    return {"who": who, "when": entry.created_at, "what": entry.action, "subject": entry.subject}
