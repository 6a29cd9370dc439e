"""What no schema says, and tests of its own try.

A cursor is what a page handed out (`test_paging.py`), an Idempotency-Key belongs to one request
(`test_idempotency.py`). Whether a receiver's address is one depends on more than its letters
(`tests/webhooks`), so that a text which fits the schema is exchanged for one that is right.
"""

import re
from typing import Any

import schemathesis

from surveys.api.endpoint_schemas import LONGEST_ADDRESS
from surveys.api.fields import ONE_LINE
from surveys.webhooks.endpoints import LONGEST_NAME
from surveys.webhooks.targets import LONGEST_URL

# What is right, and from how many letters to how many the schema takes.
RIGHT = {
    "name": ("Mezun Bilgi Sistemi", 1, LONGEST_NAME),
    "url": ("https://mezun.example.edu.tr/hooks/donut", 1, LONGEST_URL),
    "owner_email": ("bim@example.edu.tr", 3, LONGEST_ADDRESS),
}
OURS = "gAAAA"
LINES = "application/x-ndjson"


@schemathesis.hook
def filter_case(_context: schemathesis.HookContext, case: schemathesis.Case[Any]) -> bool:
    if "Idempotency-Key" in (case.headers or {}):
        return False
    if case.media_type == LINES and not isinstance(case.body, str):
        # On the wire every body of lines is text.
        return False
    cursor = (case.query or {}).get("cursor", OURS)
    return isinstance(cursor, str) and cursor.startswith(OURS)


@schemathesis.serializer(LINES)
def write_lines(_context: Any, value: Any) -> bytes:
    return str(value).encode("utf-8", "replace")


@schemathesis.hook
def map_case(_context: schemathesis.HookContext, case: schemathesis.Case[Any]) -> Any:
    # Whatever the lines hold is judged later (`test_alumni.py`); here one stands for all.
    if isinstance(case.body, str):
        case.body = '{"external_id": "1821012045"}\n'
    if isinstance(case.body, dict):
        fitting = {name for name, value in case.body.items() if fits(name, value)}
        case.body = {**case.body, **{name: RIGHT[name][0] for name in fitting}}
    return case


def fits(name: str, value: object) -> bool:
    """Tell whether a value is one that the schema takes, of a field that asks for more."""
    if name not in RIGHT or not isinstance(value, str):
        return False
    _right, fewest, most = RIGHT[name]
    return fewest <= len(value) <= most and re.fullmatch(ONE_LINE, value) is not None
