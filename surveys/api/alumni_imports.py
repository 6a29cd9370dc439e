"""Long pushes: a line a person, kept as they come, taken in by the scheduler, told row by row."""

from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import IO, Any

from flask import Response, request
from marshmallow import fields

from models import ImportState, RosterImport, RosterImportRow
from surveys.api.access import needs
from surveys.api.alumni_schemas import KEY, RESULT, RowResultSchema
from surveys.api.answers import json_answer
from surveys.api.blueprints import Blueprint, path_parameter
from surveys.api.callers import presented_key
from surveys.api.fields import OneOf, Schema
from surveys.api.paging import PageQuery, decode_cursor, page
from surveys.api.queries import NoParameters
from surveys.api.refusals import ImportsWaiting, UnsupportedMediaType
from surveys.api.times import write_instant
from surveys.api.words import say, wanted_language
from surveys.api_keys.scopes import Scope
from surveys.errors import N_
from surveys.extensions import reader, toolbox, transaction
from surveys.reporting.wire import Document
from surveys.roster.outcomes import OUTCOMES, list_outcomes, tell_kept_fault
from surveys.roster.pushes import (
    LARGEST_PUSH_BYTES,
    MOST_WAITING,
    READ_BYTES,
    Push,
    count_waiting,
    find_push,
    split_parts,
    stage_push,
)

blueprint = Blueprint("alumni-imports", description="Rosters pushed in one go, a line a person")

NDJSON = "application/x-ndjson"
PREFIX = "imp_"
IMPORT_ID = path_parameter(
    "import_id",
    description="The id of a long push.",
    example="imp_pvkq4b5z4zdai",
    pattern="^imp_[a-z2-7]{13}$",
)
PATH = "/alumni-imports/<string:import_id>"
COUNTS = ("created", "updated", "unchanged", "rejected")
LINES = f'{{"external_id": "{KEY}", "given_name": "Ayşe", "graduation_year": 2024}}\n'
WHAT_IS_PUSHED = N_(
    "One JSON object a line, each with `external_id` and the fields of a graduate: up to 200,000"
    " lines and 64 MB."
)
EXAMPLE = {
    "object": "roster_import",
    "id": "imp_pvkq4b5z4zdai",
    "status": "queued",
    "dry_run": False,
    "total": 3581,
    "done": 0,
    "created": 0,
    "updated": 0,
    "unchanged": 0,
    "rejected": 0,
    "fault": None,
    "created_at": "2026-11-22T14:00:00Z",
    "finished_at": None,
}


class PushQuery(Schema):
    """Whether anything is kept."""

    dry_run = OneOf(
        ["true", "false"],
        load_default="false",
        metadata={"description": "`true`: count and check only; keep nothing."},
    )


class ResultQuery(PageQuery):
    """Which rows; without `outcome` all of them."""

    outcome = OneOf(OUTCOMES, load_default=None)


class ImportSchema(Schema):
    """How far a long push has come; `fault` says in words why it ended early."""

    object = fields.Constant("roster_import", required=True)
    id = fields.String(required=True)
    status = fields.String(
        required=True,
        metadata={"enum": [s.value for s in ImportState if s is not ImportState.UPLOADED]},
    )
    dry_run = fields.Boolean(required=True)
    total = fields.Integer(required=True)
    done = fields.Integer(required=True)
    created = fields.Integer(required=True)
    updated = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)
    rejected = fields.Integer(required=True)
    fault = fields.String(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    finished_at = fields.AwareDateTime(required=True, allow_none=True)


class ResultPageSchema(Schema):
    """A page of rows in their order."""

    data = fields.List(fields.Nested(RowResultSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


@blueprint.route("/alumni-imports", methods=["POST"])
@needs(Scope.ALUMNI_WRITE, largest_body=LARGEST_PUSH_BYTES)
@blueprint.arguments(PushQuery, location="query")
@blueprint.stream(NDJSON, description=WHAT_IS_PUSHED, example=LINES)
@blueprint.response(202, ImportSchema, example=EXAMPLE)
@blueprint.refuses(413, 415, 422)
def push_roster(query: dict[str, Any]) -> Response:
    """Push a whole roster, a line a person. It is taken in within seconds; ask for its state.

    Rows are judged each for itself, as in a batch. Whoever is not in it stays as they are.
    """
    _require_lines()
    caller, now = presented_key(), toolbox().clock.now()
    if count_waiting(reader(), actor=caller.actor) >= MOST_WAITING:
        raise ImportsWaiting
    push = Push(caller.actor, is_demo=caller.is_demo, is_dry_run=query["dry_run"] == "true")
    with TemporaryFile() as kept:
        # Kept first: a slow sender must not hold the database's only writer.
        for chunk in _read(request.stream):
            kept.write(chunk)
        kept.seek(0)
        with transaction() as session:
            row = stage_push(session, push=push, parts=split_parts(_read(kept)), now=now)
            document = _document(row)
    location = f"/api/v1/alumni-imports/{document['id']}"
    return json_answer(document, 202, headers={"Location": location})


@blueprint.route(PATH, parameters=[IMPORT_ID])
@needs(Scope.ALUMNI_WRITE)
@blueprint.arguments(NoParameters, location="query")
@blueprint.response(200, ImportSchema, example={**EXAMPLE, "status": "running", "done": 2000})
def show_roster_import(_query: dict[str, Any], import_id: str) -> Response:
    """Show how far a long push has come."""
    return json_answer(_document(_find(import_id)))


@blueprint.route(f"{PATH}/results", parameters=[IMPORT_ID])
@needs(Scope.ALUMNI_WRITE)
@blueprint.arguments(ResultQuery, location="query")
@blueprint.response(200, ResultPageSchema, example={"data": [RESULT], "next_cursor": None})
def list_roster_import_results(query: dict[str, Any], import_id: str) -> Response:
    """List what became of each row, in their order.

    Kept for some weeks after the end; `outcome=rejected` lists what to mend.
    """
    outcome, cursor, limit = query["outcome"], query["cursor"], query["limit"]
    row = _find(import_id)
    filters = {"list": import_id, "key": presented_key().public_id, "outcome": outcome}
    after = decode_cursor(toolbox().keys, cursor, filters)[0] if cursor else 0
    rows = list_outcomes(reader(), import_id=row.id, outcome=outcome, after=after, limit=limit + 1)
    found = page(rows, limit=limit, place=lambda one: [one.number], filters=filters)
    data = [_result(one) for one in found.rows]
    return json_answer({"data": data, "next_cursor": found.next_cursor}, headers=found.links())


def _require_lines() -> None:
    """Refuse what is no plain NDJSON: a packed body could hold a thousand times its size."""
    is_packed = request.headers.get("Content-Encoding", "identity").lower() != "identity"
    if is_packed or request.mimetype != NDJSON:
        raise UnsupportedMediaType


def _read(stream: IO[bytes]) -> Iterator[bytes]:
    while chunk := stream.read(READ_BYTES):
        yield chunk


def _find(import_id: str) -> RosterImport:
    public_id = import_id.removeprefix(PREFIX) if import_id.startswith(PREFIX) else ""
    return find_push(reader(), public_id=public_id, is_demo=presented_key().is_demo)


def _document(row: RosterImport) -> Document:
    counts: dict[str, int] = row.counts or {}
    return {
        "object": "roster_import",
        "id": f"{PREFIX}{row.public_id}",
        "status": row.state,
        "dry_run": row.is_dry_run,
        "total": row.total_count or 0,
        "done": row.done_count or 0,
        **{name: counts.get(name, 0) for name in COUNTS},
        "fault": _fault(row),
        "created_at": write_instant(row.created_at),
        "finished_at": None if row.finished_at is None else write_instant(row.finished_at),
    }


def _fault(row: RosterImport) -> str | None:
    if not row.fault:
        return None
    message, params = row.fault["message"], row.fault["params"]
    return say(message, **params)


def _result(row: RosterImportRow) -> Document:
    language = wanted_language()
    return {
        "row": row.number,
        "external_id": row.external_id,
        "outcome": row.outcome,
        "faults": [tell_kept_fault(fault, language) for fault in row.faults],
    }
