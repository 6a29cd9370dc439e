"""How documents leave: UTF-8 JSON, the keys in the order in which they were written."""

import json
from collections.abc import Mapping

from flask import Response

JSON_TYPE = "application/json"
PROBLEM_TYPE = "application/problem+json"


def write_json(document: object) -> bytes:
    """Return `document` as the bytes that are sent; equal documents are equal bytes."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def json_answer(
    document: object,
    status: int = 200,
    *,
    headers: Mapping[str, str] | None = None,
    media_type: str = JSON_TYPE,
) -> Response:
    """Return an answer that holds `document`; it is sent as it stands, through no schema."""
    return Response(write_json(document), status, headers=headers, mimetype=media_type)
