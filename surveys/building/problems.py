"""A draft as it stands → what is wrong with it, by the one strict reader of definitions."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from surveys.building.faults import Fault, Reading, Tree
from surveys.building.reading import read_tree

_PLACE = re.compile(r"(sections|mailings)\[([0-9]+)\](?:\.questions\[([0-9]+)\])?")


@dataclass(frozen=True)
class Problems:
    """What forbids a launch, and what only should be looked at, each in the order of the form."""

    blocking: Sequence[Fault]
    warnings: Sequence[Fault]


def list_problems(document: dict[str, Any]) -> Problems:
    """Return what is wrong with a draft's document, complete or not.

    A fault's `subject` is that of the operations: `question:<code>`, `section:<index>`,
    `mailing:<index>`, `audience` or `survey`.
    """
    reading = Reading(lines={})
    read_tree({key: to_tree(value) for key, value in document.items()}, reading)
    faults = [replace(f, subject=_find_subject(f.place, document)) for f in reading.faults]
    return Problems(
        blocking=[fault for fault in faults if not fault.is_warning],
        warnings=[fault for fault in faults if fault.is_warning],
    )


def to_tree(value: object) -> Tree:
    """Return a document's value as the readers of definitions take it: all scalars as text."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return {str(key): to_tree(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [to_tree(inner) for inner in value]
    return str(value)


def _find_subject(place: str, document: dict[str, Any]) -> str:
    found = _PLACE.match(place)
    if found is None:
        return "audience" if place.startswith("audience") else "survey"
    kind, index, question = found.groups()
    if kind == "mailings":
        return f"mailing:{index}"
    if question is None:
        return f"section:{index}"
    return f"question:{document['sections'][int(index)]['questions'][int(question)]['code']}"
