"""`/roster/import`: choose a file. `/roster/imports`: what was imported when, and by whom."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from models import Role
from surveys.audit import record
from surveys.errors import DonutError
from surveys.extensions import reader, toolbox, transaction
from surveys.indicators.finding import HEADLINE, is_demo_only
from surveys.roster.columns import IdentityNumberColumn
from surveys.roster.imports import Upload, list_imports, stage_import
from surveys.roster.uploads import LARGEST_UPLOAD_BYTES, clean_filename, read_sample
from surveys.roster.workbooks import LARGEST_WORKBOOK_BYTES
from surveys.web.access import staff_only
from surveys.web.staff.roster.explaining import actor, explain
from surveys.web.staff.roster.staff_names import name_staff
from surveys.web.staff.saying import go

# Room for the form around the file.
LARGEST_BODY_BYTES = LARGEST_UPLOAD_BYTES + 64 * 1024
LISTED_IMPORTS = 100


def attach(blueprint: Blueprint) -> None:
    """Register the pages."""
    add = blueprint.add_url_rule
    add("/roster/import", view_func=show_roster_upload, methods=["GET"])
    add("/roster/import", view_func=upload_roster, methods=["POST"])
    add("/roster/imports", view_func=list_roster_imports, methods=["GET"])


@staff_only(Role.EDITOR)
def show_roster_upload() -> ResponseReturnValue:
    """Ask for the file."""
    return _form()


@staff_only(Role.EDITOR, largest_body=LARGEST_BODY_BYTES)
def upload_roster() -> ResponseReturnValue:
    """Look at the file and keep it until its columns are chosen."""
    try:
        upload = _read_upload()
    except IdentityNumberColumn as refusal:
        _note_refusal(refusal)
        return _form(fault=explain(refusal)), refusal.status
    except DonutError as refusal:
        return _form(fault=explain(refusal)), refusal.status
    now = toolbox().clock.now()
    with transaction() as session:
        is_demo = is_demo_only(session, code=HEADLINE)
        row = stage_import(session, upload=upload, actor=actor(), is_demo=is_demo, now=now)
        details = {"import": row.id, "bytes": row.size_bytes, "rows": upload.sample.row_count}
        record(session, actor=actor(), action="roster.upload", subject="roster", now=now, **details)
        path = f"/roster/imports/{row.id}"
    return go(path)


@staff_only(Role.VIEWER)
def list_roster_imports() -> ResponseReturnValue:
    """Show the imports, the newest first."""
    rows = list_imports(reader(), limit=LISTED_IMPORTS)
    names = name_staff(reader(), [row.created_by for row in rows])
    return render_template("staff/roster/imports.html", rows=rows, names=names)


def _read_upload() -> Upload:
    file = request.files.get("file")
    filename = clean_filename(file.filename or "") if file else ""
    content = file.read() if file else b""
    return Upload(filename, content, read_sample(content, filename=filename))


def _note_refusal(refusal: DonutError) -> None:
    now = toolbox().clock.now()
    with transaction() as session:
        record(
            session,
            actor=actor(),
            action="roster.upload_refused",
            subject="roster",
            now=now,
            code=refusal.code,
        )


def _form(*, fault: str | None = None) -> str:
    return render_template(
        "staff/roster/upload.html",
        fault=fault,
        text_limit=LARGEST_UPLOAD_BYTES // 1024**2,
        workbook_limit=LARGEST_WORKBOOK_BYTES // 1024**2,
    )
