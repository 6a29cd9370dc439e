"""What no schema says: a cursor is what a page handed out. `test_paging.py` tries others."""

from typing import Any

import schemathesis

OURS = "gAAAA"


@schemathesis.hook
def filter_case(_context: schemathesis.HookContext, case: schemathesis.Case[Any]) -> bool:
    cursor = (case.query or {}).get("cursor", OURS)
    return isinstance(cursor, str) and cursor.startswith(OURS)
