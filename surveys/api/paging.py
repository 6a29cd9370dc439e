"""Pages by position, not by number: what is added meanwhile neither doubles nor skips a row.

A cursor is the sealed position of the last row, with a digest of the filters that it goes with.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import request

from surveys.api.fields import QueryInteger, SafeString, Schema
from surveys.api.refusals import Fault, InvalidRequest
from surveys.api.words import Sentence
from surveys.errors import N_
from surveys.extensions import toolbox
from surveys.tokens import Keys, seal, unseal

Row = TypeVar("Row")
Position = Sequence[str | int | None]

LARGEST_PAGE = 200
USUAL_PAGE = 50
LARGEST_CURSOR = 1_000
CURSOR_POINTER = "#/query/cursor"


class PageQuery(Schema):
    """The parameters of every list; a list's own query schema inherits from it."""

    limit = QueryInteger(
        lowest=1,
        highest=LARGEST_PAGE,
        load_default=USUAL_PAGE,
        metadata={"description": "How many items a page holds.", "example": USUAL_PAGE},
    )
    cursor = SafeString(
        min_length=1,
        max_length=LARGEST_CURSOR,
        load_default=None,
        metadata={"description": "`next_cursor` of the page before; only with the same filters."},
    )


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of rows, and the cursor of the next one or None."""

    rows: Sequence[Row]
    next_cursor: str | None

    def links(self) -> dict[str, str]:
        """Return the Link header to the next page, built from the public address."""
        if self.next_cursor is None:
            return {}
        query = urlencode({**request.args.to_dict(), "cursor": self.next_cursor})
        return {"Link": f'<{toolbox().settings.base_url}{request.path}?{query}>; rel="next"'}


def page(
    rows: Sequence[Row],
    *,
    limit: int,
    place: Callable[[Row], Position],
    filters: Mapping[str, object],
) -> Page[Row]:
    """Return the page of `rows`, of which the caller asked the database for `limit` + 1.

    `place` gives a row's position in the order of the list: texts and numbers that tell it from
    every other row.
    """
    if len(rows) <= limit:
        return Page(rows, None)
    kept = rows[:limit]
    return Page(kept, encode_cursor(toolbox().keys, place(kept[-1]), filters))


def encode_cursor(keys: Keys, position: Position, filters: Mapping[str, object]) -> str:
    """Return the cursor that goes on after `position` in a list with these filters."""
    content = {"p": list(position), "f": _digest(filters)}
    return seal(keys.data, json.dumps(content, separators=(",", ":")))


def decode_cursor(keys: Keys, cursor: str, filters: Mapping[str, object]) -> list[Any]:
    """Return the position that `cursor` holds.

    Raises InvalidRequest for one that isn't ours, and for one of a list with other filters.
    """
    content = _open(keys, cursor)
    if not isinstance(content, dict) or content.get("f") != _digest(filters):
        message = Sentence(N_("The cursor isn't one of this list with these filters."))
        raise InvalidRequest(faults=[Fault(CURSOR_POINTER, message)])
    return list(content["p"])


def _open(keys: Keys, cursor: str) -> Any:
    opened = unseal(keys.data, cursor) if cursor.isascii() else None
    try:
        return json.loads(opened or "null")
    except ValueError:  # sealed by us, for something else
        return None


def _digest(filters: Mapping[str, object]) -> str:
    """Tell one list from another: also by which resource is asked and whose key asks."""
    written = json.dumps({k: str(v) for k, v in filters.items()}, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()[:16]
