"""What the document says of every operation beside its own schemas.

Who may call it and which problems it answers with, read from the marks of the view's decorators.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from surveys.api.access import DOC_ENTRY as ACCESS
from surveys.api.access import KeyAccess
from surveys.api.idempotency import DOC_ENTRY as IDEMPOTENT
from surveys.api.idempotency import HEADER as IDEMPOTENCY_KEY
from surveys.api.preconditions import DOC_ENTRY as PRECONDITION
from surveys.api.signed_access import SIGNATURE_PARAMETERS, SignedAccess

RULE = "rule"
NAME = "name"
REFUSALS = "refusals"
Operation = dict[str, Any]

ALWAYS = (400, 500, 503)
OF_KEYS = (401, 403, 406, 429)
OF_SIGNATURES = (401, 403, 429)
OF_PATHS = (404,)
OF_BODIES = (413, 415, 422)
OF_REPEATS = (409, 422)
OF_CHANGES = (412, 428)
RATE_LIMIT_HEADERS = ("RateLimit-Policy", "RateLimit")
IDEMPOTENCY_PARAMETER = {
    "in": "header",
    "name": IDEMPOTENCY_KEY,
    "required": False,
    "schema": {"type": "string", "pattern": "^[a-zA-Z0-9_-]{1,255}$"},
    "description": "Sent again with the same body within 24 hours, the request is answered as it"
    " was the first time and carried out once.",
}
IF_MATCH_PARAMETER = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "schema": {"type": "string", "pattern": '^(W/)?"[!#-~]+"$'},
    "description": "The ETag of the state that the change rests on.",
}


def complete(operation: Operation, notes: Mapping[str, Any]) -> Operation:
    """Return an operation of the document with what its marks say."""
    access = notes.get(ACCESS)
    operation["operationId"] = notes[NAME]
    operation["security"] = _security(access)
    extra = [*_parameters(notes)]
    if extra:
        operation["parameters"] = [*operation.get("parameters", []), *extra]
    responses = operation.setdefault("responses", {})
    # smorest refers to errors of its own, which are never sent.
    foreign = {status for status, response in responses.items() if isinstance(response, str)}
    for status in {*_statuses(operation, notes)} - (responses.keys() - foreign) | foreign:
        responses[status] = f"PROBLEM_{status}"
    operation["responses"] = dict(sorted(responses.items(), key=lambda item: str(item[0])))
    if isinstance(access, KeyAccess):
        _add_headers(operation["responses"].values())
    return operation


def _security(access: object) -> list[dict[str, list[str]]]:
    if not isinstance(access, KeyAccess):
        return []
    return [{"key": [access.scope.value] if access.scope else []}]


def _parameters(notes: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if IDEMPOTENT in notes:
        yield IDEMPOTENCY_PARAMETER
    if PRECONDITION in notes:
        yield IF_MATCH_PARAMETER
    if isinstance(notes.get(ACCESS), SignedAccess):
        yield from SIGNATURE_PARAMETERS


def _statuses(operation: Operation, notes: Mapping[str, Any]) -> Iterator[int]:
    access = notes.get(ACCESS)
    yield from ALWAYS
    yield from notes.get(REFUSALS, ())
    by_mark = {
        OF_KEYS: isinstance(access, KeyAccess),
        OF_SIGNATURES: isinstance(access, SignedAccess),
        OF_PATHS: "<" in notes.get(RULE, ""),
        OF_BODIES: "requestBody" in operation,
        OF_REPEATS: IDEMPOTENT in notes,
        OF_CHANGES: PRECONDITION in notes,
    }
    for statuses, is_so in by_mark.items():
        if is_so:
            yield from statuses


def _add_headers(responses: Any) -> None:
    for response in responses:
        if isinstance(response, dict):
            headers = response.setdefault("headers", {})
            headers.update({name: name for name in RATE_LIMIT_HEADERS})
