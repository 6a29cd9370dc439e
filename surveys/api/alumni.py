"""Graduates as the alumni system pushes them: one, a thousand at once, or one erased."""

import re
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from models import Alumnus
from surveys.api.access import needs
from surveys.api.alumni_schemas import (
    FAULT,
    KEY,
    PERSON,
    RESULT,
    BatchResultSchema,
    BatchSchema,
    PersonSchema,
    PushedPersonSchema,
    batch_document,
    person_document,
)
from surveys.api.answers import json_answer
from surveys.api.blueprints import Blueprint, path_parameter
from surveys.api.callers import presented_key
from surveys.api.idempotency import idempotent, keep_answer
from surveys.api.queries import NoParameters
from surveys.api.refusals import Fault, InvalidRequest
from surveys.api.words import Sentence
from surveys.api_keys.scopes import Scope
from surveys.audit import record
from surveys.extensions import toolbox, transaction
from surveys.reporting.sight import NotVisible
from surveys.roster.cells import NAME_LENGTH
from surveys.roster.erasing import erase_person
from surveys.roster.exporting import audit_subject
from surveys.roster.finding import PersonUnknown, get_person
from surveys.roster.pushing import push_batch, push_person
from surveys.roster.running import ImportResult, RowOutcome

blueprint = Blueprint("alumni", description="The roster, pushed by the system that keeps it")

# Whatever a roster takes as a key, or somebody could be pushed and never erased.
KEY_PATTERN = f"[^\\x00-\\x1f\\x7f-\\x9f]{{1,{NAME_LENGTH}}}"
EXTERNAL_ID = path_parameter(
    "external_id",
    description="The key of a graduate in the alumni system, such as the student number.",
    example=KEY,
    pattern=f"^{KEY_PATTERN}$",
)
PATH = "/alumni/<path:external_id>"
MOMENTS = {"registered_at": "2026-11-22T14:00:00Z", "updated_at": "2026-11-22T14:00:00Z"}
CREATED = {
    "object": "alumnus",
    "external_id": KEY,
    "outcome": "created",
    **MOMENTS,
    "faults": [],
}
REJECTED = "rejected"


@blueprint.route(PATH, methods=["PUT"], parameters=[EXTERNAL_ID])
@needs(Scope.ALUMNI_WRITE)
@blueprint.arguments(PersonSchema, example=PERSON)
@blueprint.response(
    200, PushedPersonSchema, example={**CREATED, "outcome": "updated", "faults": [FAULT]}
)
@blueprint.alt_response(
    201, schema=PushedPersonSchema, description="The graduate is new.", example=CREATED
)
def put_alumnus(body: dict[str, Any], external_id: str) -> Response:
    """Create a graduate or bring them up to date; saying the same again changes nothing.

    `faults` name what was not taken, such as a mistyped address: the person is kept without it.
    """
    require_key(external_id)
    caller, tools = presented_key(), toolbox()
    now = tools.clock.now()
    with transaction() as session:
        pushed = push_person(
            session,
            external_id=external_id,
            document=body,
            keys=tools.keys,
            now=now,
            is_demo=caller.is_demo,
        )
        outcome = pushed.outcome
        if outcome.outcome == REJECTED:
            raise InvalidRequest(faults=_faults_of(outcome))
        if outcome.outcome != "unchanged":
            record(
                session,
                actor=caller.actor,
                action="roster.push",
                subject="roster",
                now=now,
                is_demo=caller.is_demo,
                **{outcome.outcome: 1},
            )
    assert pushed.registered_at is not None  # noqa: S101 - for the type checker: taken in, so known
    assert pushed.updated_at is not None  # noqa: S101 - likewise
    document = person_document(
        outcome, registered_at=pushed.registered_at, updated_at=pushed.updated_at
    )
    return json_answer(document, 201 if outcome.outcome == "created" else 200)


@blueprint.route("/alumni/batch", methods=["POST"])
@needs(Scope.ALUMNI_WRITE)
@idempotent
@blueprint.arguments(
    BatchSchema, example={"people": [{"external_id": KEY, **PERSON}], "dry_run": False}
)
@blueprint.response(
    200,
    BatchResultSchema,
    example={
        "object": "alumni_batch",
        "dry_run": False,
        "read": 1,
        "created": 1,
        "updated": 0,
        "unchanged": 0,
        "rejected": 0,
        "results": [RESULT],
    },
)
def push_alumni(body: dict[str, Any]) -> Response:
    """Create up to a thousand graduates or bring them up to date, each judged for itself.

    A rejected row holds up no other. For more at once: `POST /alumni-imports`.
    """
    caller, tools = presented_key(), toolbox()
    now, is_dry_run = tools.clock.now(), body["dry_run"]
    with transaction() as session:
        pushed = push_batch(
            session,
            documents=body["people"],
            keys=tools.keys,
            now=now,
            is_demo=caller.is_demo,
            is_dry_run=is_dry_run,
        )
        counts = _count(pushed.result)
        if not is_dry_run and counts["created"] + counts["updated"]:
            record(
                session,
                actor=caller.actor,
                action="roster.push",
                subject="roster",
                now=now,
                is_demo=caller.is_demo,
                **counts,
            )
        document = batch_document(counts, pushed.outcomes, is_dry_run=is_dry_run)
        return keep_answer(session, json_answer(document))


@blueprint.route(PATH, methods=["DELETE"], parameters=[EXTERNAL_ID])
@needs(Scope.ALUMNI_ERASE)
@blueprint.arguments(NoParameters, location="query")
@blueprint.response(204)
def erase_alumnus(_query: dict[str, Any], external_id: str) -> Response:
    """Erase a graduate for good, with their answers; also 204 when nobody has this key.

    A later push does not bring them back.
    """
    require_key(external_id)
    caller, tools = presented_key(), toolbox()
    now = tools.clock.now()
    with transaction() as session:
        person = _find(session, external_id)
        if person is not None:
            subject = audit_subject(person)
            erasure = erase_person(session, person=person, keys=tools.keys, now=now)
            record(
                session,
                actor=caller.actor,
                action="roster.erase",
                subject=subject,
                now=now,
                responses=erasure.response_count,
                drafts=erasure.draft_count,
                invitations=erasure.invitation_count,
            )
    return Response(status=204)


def require_key(external_id: str) -> None:
    """Raise NotVisible for what can be nobody's key."""
    if not re.fullmatch(KEY_PATTERN, external_id):
        raise NotVisible


def _find(session: Session, external_id: str) -> Alumnus | None:
    try:
        return get_person(session, external_id=external_id, is_demo=presented_key().is_demo)
    except PersonUnknown:
        return None


def _count(result: ImportResult) -> dict[str, int]:
    return {
        "read": result.read,
        "created": result.created,
        "updated": result.updated,
        "unchanged": result.unchanged,
        "rejected": result.rejected,
    }


def _faults_of(outcome: RowOutcome) -> list[Fault]:
    return [
        Fault(
            f"#/body/{fault.column}" if fault.column else "#/body",
            Sentence(fault.reason.message, **fault.reason.params),
        )
        for fault in outcome.faults
        if fault.is_fatal
    ]
