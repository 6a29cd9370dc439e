"""`/roster/imports/<id>`: choose columns, try out, let it run, see what became of it."""

from collections.abc import Mapping
from datetime import timedelta

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Beat, Document, ImportState, Role, RosterImport
from surveys.audit import record
from surveys.errors import N_, DonutError
from surveys.extensions import reader, toolbox, transaction
from surveys.roster import imports
from surveys.roster.columns import MappedColumnMissing, NoKeyColumn, TwoColumnsForField
from surveys.roster.fields import Meaning
from surveys.roster.importing import import_roster
from surveys.roster.uploads import open_content
from surveys.web.access import staff_only
from surveys.web.staff.roster.columns_form import (
    ColumnRow,
    list_columns,
    list_meanings,
    read_columns,
)
from surveys.web.staff.roster.explaining import actor, explain, explain_kept, explain_reason
from surveys.web.staff.roster.staff_names import name_staff
from surveys.web.staff.saying import go, register

SILENT_AFTER = timedelta(minutes=5)
WRONG_CHOICES = (NoKeyColumn, TwoColumnsForField, MappedColumnMissing)

register(
    import_queued=N_("The import has begun. You may close this page; it goes on."),
    import_cancelled=N_("The import is cancelled."),
)


def attach(blueprint: Blueprint) -> None:
    """Register the pages."""
    add, path = blueprint.add_url_rule, "/roster/imports/<int:import_id>"
    add(path, view_func=show_roster_import, methods=["GET"])
    add(f"{path}/columns", view_func=show_columns, methods=["GET"])
    add(f"{path}/columns", view_func=save_columns, methods=["POST"])
    add(f"{path}/start", view_func=start_roster_import, methods=["POST"])
    add(f"{path}/cancel", view_func=cancel_roster_import, methods=["POST"])


@staff_only(Role.VIEWER)
def show_roster_import(import_id: int) -> ResponseReturnValue:
    """Show where the import stands; before a dry run, what its columns are."""
    row = load(import_id)
    if row.state == ImportState.UPLOADED and row.findings is None:
        return _columns_page(row, row.mapping)
    return render_template(
        "staff/roster/import.html",
        row=row,
        figures=row.counts or row.findings,
        findings=row.findings,
        explain_reason=explain_reason,
        fault=explain_kept(row.fault) if row.fault else None,
        by=name_staff(reader(), [row.created_by])[row.created_by],
        is_silent=_is_silent(),
    )


@staff_only(Role.EDITOR)
def show_columns(import_id: int) -> ResponseReturnValue:
    """Show the columns once more, to choose otherwise."""
    row = load(import_id)
    if row.state != ImportState.UPLOADED:
        return go(f"/roster/imports/{import_id}")
    return _columns_page(row, row.mapping)


@staff_only(Role.EDITOR)
def save_columns(import_id: int) -> ResponseReturnValue:
    """Keep what the columns are, after a dry run under it."""
    row = load(import_id)
    if row.state != ImportState.UPLOADED or row.sample is None:
        raise imports.ImportMoved
    mapping = read_columns(row.sample, request.form)
    try:
        findings = _try_out(row, mapping)
    except WRONG_CHOICES as refusal:
        return _columns_page(row, mapping, refusal), refusal.status
    except DonutError as refusal:
        return _refuse(import_id, refusal)
    with transaction() as session:
        row = session.get_one(RosterImport, import_id)
        imports.choose_columns(session, row=row, mapping=mapping, findings=findings)
    return go(f"/roster/imports/{import_id}")


@staff_only(Role.EDITOR)
def start_roster_import(import_id: int) -> ResponseReturnValue:
    """Queue the import."""
    load(import_id)
    with transaction() as session:
        imports.queue_import(session, row=session.get_one(RosterImport, import_id))
        _note(session, "roster.import_queued", import_id)
    return go(f"/roster/imports/{import_id}", "import_queued")


@staff_only(Role.EDITOR)
def cancel_roster_import(import_id: int) -> ResponseReturnValue:
    """Cancel the import; what was taken in stays."""
    load(import_id)
    now = toolbox().clock.now()
    with transaction() as session:
        imports.cancel_import(session, row=session.get_one(RosterImport, import_id), now=now)
        _note(session, "roster.import_cancelled", import_id)
    return go(f"/roster/imports/{import_id}", "import_cancelled")


def load(import_id: int) -> RosterImport:
    """Return an import, or answer 404."""
    row = reader().get(RosterImport, import_id)
    return row or abort(404)


def _columns_page(
    row: RosterImport, mapping: Mapping[str, object], refusal: DonutError | None = None
) -> str:
    if row.sample is None:
        abort(404)
    columns = list_columns(row.sample, mapping)
    return render_template(
        "staff/roster/columns.html",
        row=row,
        sample=row.sample,
        columns=columns,
        meanings=list_meanings(),
        fault=explain(refusal) if refusal else None,
        at_fault=_find_faulty(columns, refusal),
    )


def _find_faulty(columns: list[ColumnRow], refusal: DonutError | None) -> str:
    """Return the form field that a refusal is about: the second of two, else the first of all."""
    heading = refusal.params.get("second") if refusal else None
    named = [column.name for column in columns if column.heading == heading]
    return named[0] if named else "column-0"


def _try_out(row: RosterImport, mapping: Mapping[str, Meaning]) -> Document:
    box = toolbox()
    content = reader().scalars(select(RosterImport.content).where(RosterImport.id == row.id)).one()
    with open_content(content or b"", filename=row.filename, mapping=mapping) as (_, table):
        result = import_roster(
            reader(),
            table=table,
            keys=box.keys,
            now=box.clock.now(),
            is_demo=row.is_demo,
            is_dry_run=True,
        )
    return imports.describe(result)


def _refuse(import_id: int, refusal: DonutError) -> ResponseReturnValue:
    """The file itself is at fault: end the import and say why."""
    now = toolbox().clock.now()
    with transaction() as session:
        row = session.get_one(RosterImport, import_id)
        imports.refuse_import(session, row=row, refusal=refusal, now=now)
        _note(session, "roster.import_refused", import_id, code=refusal.code)
    return go(f"/roster/imports/{import_id}")


def _note(session: Session, action: str, import_id: int, **details: object) -> None:
    record(
        session,
        actor=actor(),
        action=action,
        subject="roster",
        now=toolbox().clock.now(),
        **{"import": import_id, **details},
    )


def _is_silent() -> bool:
    """Tell whether no scheduler has run lately, so that a queued import waits for it."""
    last = reader().scalar(select(func.max(Beat.at)))
    return last is None or toolbox().clock.now() - last > SILENT_AFTER
