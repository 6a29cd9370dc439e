"""What staff typed for a draft → values as a definition holds them, or why that can't be.

Stricter than a draft needs to be only where a value could have no meaning at all: what is merely
missing, or doesn't fit something else, stays to be mended and is listed by `problems`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from surveys.building.conditions import read_condition
from surveys.building.definition import QuestionType, to_document
from surveys.building.faults import Fault, Reading, Spot
from surveys.building.problems import to_tree
from surveys.building.questions import (
    ANSWER_LENGTH,
    FORMATS,
    HINT_LENGTH,
    LARGEST_POINT,
    MOST_DECIMALS,
    OPTION_LENGTH,
    OPTION_LIMIT,
    TEXT_LENGTH,
)
from surveys.building.texts import as_draft_text
from surveys.building.values import (
    as_block,
    as_code,
    as_date,
    as_list,
    as_number,
    as_one_of,
    as_switch,
    as_whole,
)
from surveys.errors import N_, DonutError

Reader = Callable[[Spot], Any]

_UNKNOWN = N_("This key is not known here. Known are: %(known)s.")


class EditRefused(DonutError):
    """Something typed can't be kept; `faults` say what, their places being the keys given."""

    code = "edit_refused"
    message = N_("Not saved: %(count)s of the values can't be used.")

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(count=len(faults))
        self.faults = faults

    @classmethod
    def of(cls, field: str, message: str, **params: object) -> "EditRefused":
        """Return the refusal of one value."""
        return cls([Fault(field, message, params)])


def clean(
    keys: Mapping[str, object], readers: Mapping[str, Reader], languages: list[str]
) -> dict[str, Any]:
    """Return the values of `keys` as they are kept; None for a key that goes.

    Raises EditRefused naming every value that can't be.
    """
    reading = Reading(lines={}, languages=languages)
    cleaned: dict[str, Any] = {}
    for key, value in keys.items():
        spot = Spot(reading, key, to_tree(value))
        if key not in readers:
            spot.refuse(_UNKNOWN, known=list(readers))
        else:
            is_given = spot.value not in (None, "")
            cleaned[key] = readers[key](spot) if is_given else None
    if reading.faults:
        raise EditRefused(reading.faults)
    return cleaned


def line(limit: int) -> Reader:
    """Return the reader of texts on one line."""
    return lambda spot: as_draft_text(spot, limit)


def lines(limit: int) -> Reader:
    """Return the reader of texts that may have several lines."""
    return lambda spot: as_draft_text(spot, limit, is_line=False)


def whole(low: int, high: int) -> Reader:
    """Return the reader of whole numbers."""
    return lambda spot: as_whole(spot, low, high)


def one_of(*known: str) -> Reader:
    """Return the reader of one of some words."""
    return lambda spot: as_one_of(spot, known)


def readers_of_question(kind: str) -> dict[str, Reader]:
    """Return the readers of a question's keys, given its type."""
    return {
        **_QUESTION,
        "min": as_date if kind == QuestionType.DATE else _as_number,
        "max": as_date if kind == QuestionType.DATE else _as_number,
    }


def _as_number(spot: Spot) -> str | None:
    """Read a number typed with the comma of Turkish as well."""
    typed = spot.value.strip().replace(",", ".") if isinstance(spot.value, str) else spot.value
    return as_number(Spot(spot.reading, spot.place, typed))


def _as_options(spot: Spot) -> list[dict[str, Any]]:
    if spot.value == []:
        return []
    options = []
    for item in as_list(spot, limit=OPTION_LIMIT):
        block = as_block(item, ("code", "text"))
        code = as_code(block.find("code")) if block and block.tree.get("code") else None
        text = as_draft_text(block.need_text("text"), OPTION_LENGTH) if block else {}
        options.append({"code": code, "text": text})
    return options


def _as_scale(spot: Spot) -> dict[str, Any] | None:
    block = as_block(spot, ("min", "max", "low", "high"))
    if block is None:
        return None
    ends = {key: as_whole(block.find(key), -LARGEST_POINT, LARGEST_POINT) for key in ("min", "max")}
    texts = {key: as_draft_text(block.need_text(key), OPTION_LENGTH) for key in ("low", "high")}
    return {**{key: end for key, end in ends.items() if end is not None}, **texts}


_QUESTION: dict[str, Reader] = {
    "code": as_code,
    "type": one_of(*QuestionType),
    "text": lines(TEXT_LENGTH),
    "hint": lines(HINT_LENGTH),
    "required": as_switch,
    "show_if": lambda spot: to_document(read_condition(spot)),
    "in_mail": as_switch,
    "options": _as_options,
    "other": as_switch,
    "min_choices": whole(1, OPTION_LIMIT),
    "max_choices": whole(1, OPTION_LIMIT),
    "scale": _as_scale,
    "items": _as_options,
    "decimals": whole(0, MOST_DECIMALS),
    "max_length": whole(1, ANSWER_LENGTH),
    "format": one_of(*FORMATS),
}
