"""`/roster/imports/<id>/rejects.<kind>`: the rows that are not taken in, to mend and import again.

Made anew from the uploaded file each time, so that nothing of it is kept twice.
"""

from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Blueprint, abort, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from models import Role, RosterImport
from surveys.errors import N_
from surveys.extensions import reader, toolbox
from surveys.roster.importing import import_roster
from surveys.roster.imports import read_mapping
from surveys.roster.rejecting import SUFFIXES, write_rejects
from surveys.roster.running import Reject
from surveys.roster.uploads import open_content
from surveys.web.access import staff_only
from surveys.web.staff.roster.import_pages import load
from surveys.web.words import current_language, gettext

FILE_WORD = N_("rejected")
CONTENT_TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".csv": "text/csv; charset=utf-8",
}


def attach(blueprint: Blueprint) -> None:
    """Register the page."""
    path = "/roster/imports/<int:import_id>/rejects<suffix>"
    blueprint.add_url_rule(path, view_func=download_rejects, methods=["GET"])


@staff_only(Role.VIEWER)
def download_rejects(import_id: int, suffix: str) -> ResponseReturnValue:
    """Hand out the rejected rows with their reasons."""
    row = load(import_id)
    content = reader().scalars(select(RosterImport.content).where(RosterImport.id == row.id)).one()
    if suffix not in SUFFIXES or content is None or row.findings is None:
        abort(404)
    return send_file(
        BytesIO(_write(row, content, suffix)),
        mimetype=CONTENT_TYPES[suffix],
        as_attachment=True,
        download_name=f"{Path(row.filename).stem}-{gettext(FILE_WORD)}{suffix}",
    )


def _write(row: RosterImport, content: bytes, suffix: str) -> bytes:
    mapping = read_mapping(row.mapping)
    with (
        TemporaryDirectory(prefix="donut-") as folder,
        open_content(content, filename=row.filename, mapping=mapping) as (source, table),
    ):
        box = toolbox()
        rejects: list[Reject] = import_roster(
            reader(),
            table=table,
            keys=box.keys,
            now=box.clock.now(),
            is_demo=row.is_demo,
            is_dry_run=True,
        ).rejects
        path = Path(folder) / f"rejects{suffix}"
        write_rejects(
            rejects, source=source, mapping=mapping, path=path, language=current_language()
        )
        return path.read_bytes()
