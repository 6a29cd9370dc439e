"""Two people at one draft: whether what changed meanwhile touches what is now to be changed."""

from collections.abc import Sequence

from surveys.building.operations import DeleteSection, Operation
from surveys.building.revisions import LOAD, REDO, RESTORE, UNDO, Entry
from surveys.errors import N_, DonutError

# What renumbers the sections or mailings behind it.
SHIFTS = {
    "section": frozenset({"section.add", "section.move", "section.delete"}),
    "mailing": frozenset({"mailing.delete"}),
}
WHOLESALE = frozenset({UNDO, REDO, RESTORE, LOAD})


class EditConflict(DonutError):
    """Somebody else changed the same thing since the form was made; nothing was saved.

    Params: `who` (a name or address), `when` (instant), `what` (the action), `subject`.
    """

    code = "edit_conflict"
    status = 409
    message = N_(
        "%(who)s changed this meanwhile. What you typed is still here, but not saved: look at the"
        " newer version, then save again."
    )


def find_conflict(
    operation: Operation, since: Sequence[Entry], *, actor: str, document: dict[str, object]
) -> Entry | None:
    """Return the newest revision `since` the form was made that forbids the operation.

    The same person's earlier change of the same thing doesn't: they save what they see. Whatever
    renumbers the sections or mailings forbids all that names them by number.
    """
    touched = _list_touched(operation, document)
    for entry in reversed(since):
        if operation.counts_in and _shifts(entry, operation.counts_in):
            return entry
        is_same = entry.subject is None or entry.subject in touched
        if is_same and entry.actor != actor:
            return entry
    return None


def _shifts(entry: Entry, order: str) -> bool:
    """Tell whether the revision may have renumbered an order; an undo by what it took back."""
    if entry.action in WHOLESALE:
        return entry.subject is None or entry.subject.startswith(f"{order}:")
    return entry.action in SHIFTS[order]


def _list_touched(operation: Operation, document: dict[str, object]) -> set[str]:
    touched = {operation.subject}
    sections = document["sections"]
    if isinstance(operation, DeleteSection) and isinstance(sections, list):
        for section in sections[operation.section : operation.section + 1]:
            touched |= {f"question:{question['code']}" for question in section["questions"]}
    return touched
