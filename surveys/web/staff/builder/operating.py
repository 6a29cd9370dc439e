"""A form of the builder → one operation on the draft, saved; or who was there first; or why not."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import request
from flask.typing import ResponseReturnValue

from surveys.audit import record
from surveys.building.cleaning import EditRefused
from surveys.building.conflicts import EditConflict
from surveys.building.editing import edit
from surveys.building.finding import get_survey
from surveys.building.operations import Operation
from surveys.extensions import toolbox, transaction
from surveys.web.staff.account.entering import get_signed_in
from surveys.web.staff.builder.conflict_page import show_conflict


@dataclass(frozen=True)
class Done:
    """What was saved: the revision's number and what it touched, by kind and name."""

    revision: int
    kind: str
    name: str


def carry_out(
    code: str,
    operation: Operation,
    *,
    then: Callable[[Done], ResponseReturnValue],
    again: Callable[[EditRefused], ResponseReturnValue] | None = None,
) -> ResponseReturnValue:
    """Save the operation and answer with `then`; show the conflict, or `again` what can't be kept.

    Raises EditRefused where there is nothing to show again.
    """
    try:
        done = perform(code, operation)
    except EditConflict as conflict:
        return show_conflict(code, conflict, operation), 409
    except EditRefused as refusal:
        if again is None:
            raise
        return again(refusal)
    return then(done)


def perform(code: str, operation: Operation) -> Done:
    """Apply the operation to the draft from the revision that the form was made from."""
    now, actor = toolbox().clock.now(), acting()
    with transaction() as session:
        survey = get_survey(session, code=code)
        before = survey.revision
        revision = edit(
            session,
            survey=survey,
            operation=operation,
            base_revision=request.form.get("rev", 0, type=int),
            actor=actor,
            now=now,
        )
        kind, _, name = (revision.subject or "").partition(":")
        done = Done(revision.number, kind, name)
        if revision.number != before:
            record(
                session,
                actor=actor,
                action=f"draft.{operation.action}",
                subject=f"survey:{code}",
                now=now,
                revision=revision.number,
            )
    return done


def acting() -> str:
    """Return who is signed in, as revisions and the audit trail name them."""
    return f"staff:{get_signed_in().staff_id}"
