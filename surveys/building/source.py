"""The text of a definition file, YAML or JSON → a tree of texts, and where each stands."""

import json
from typing import Any

from surveys.building.faults import DefinitionRefused, Fault, Reading, Tree, join
from surveys.building.yaml_source import DEPTH_LIMIT, DUPLICATE_KEY, TOO_DEEP, read_yaml
from surveys.errors import N_

LIMIT_BYTES = 512 * 1024
BOM = "\ufeff"

_TOO_LARGE = N_("The file is larger than %(limit)s KB. Load a definition, not data.")
_NOT_UTF8 = N_("The file is no UTF-8 text. Save it as UTF-8 in your editor and load it again.")
_NOT_JSON = N_("This can't be read as JSON. Check commas, quotation marks and brackets here.")
_NOT_MAPPING = N_(
    "The file holds no definition. A definition is made of keys with values, such as code: …"
)


def decode(content: bytes) -> str:
    """Return the text of a file's content. Raises DefinitionRefused when it is no UTF-8."""
    if len(content) > LIMIT_BYTES:
        raise DefinitionRefused([Fault("", _TOO_LARGE, {"limit": LIMIT_BYTES // 1024})])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DefinitionRefused([Fault("", _NOT_UTF8)]) from None


def read_source(text: str, *, filename: str) -> tuple[dict[str, Tree], Reading]:
    """Return the file's tree, and the reading that has noted its faults so far.

    `filename` tells the format: JSON when it ends with `.json`, YAML otherwise.
    Raises DefinitionRefused when nothing more can be said about the rest.
    """
    if len(text) > LIMIT_BYTES:
        raise DefinitionRefused([Fault("", _TOO_LARGE, {"limit": LIMIT_BYTES // 1024})])
    lines: dict[str, int] = {}
    reading = Reading(lines)
    content = text.removeprefix(BOM)
    if filename.lower().endswith(".json"):
        tree = _read_json(content, reading)
    else:
        tree = read_yaml(content, reading, lines)
    if not isinstance(tree, dict):
        raise DefinitionRefused([Fault("", _NOT_MAPPING)])
    return tree, reading


class _Pairs(list[tuple[str, Any]]):
    """The keys and values of one JSON object as they stand, duplicates included."""


def _read_json(text: str, reading: Reading) -> Tree:
    try:
        raw = json.loads(
            text, object_pairs_hook=_Pairs, parse_int=str, parse_float=str, parse_constant=str
        )
    except RecursionError:
        raise DefinitionRefused([Fault("", TOO_DEEP, {"limit": DEPTH_LIMIT})]) from None
    except json.JSONDecodeError as error:
        raise DefinitionRefused([Fault("", _NOT_JSON, line=error.lineno)]) from None
    return _plant(raw, "", reading, DEPTH_LIMIT)


def _plant(raw: Any, place: str, reading: Reading, depth: int) -> Tree:
    """Return the tree of what the JSON reader made; of a key that stands twice the first counts."""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if raw is None or isinstance(raw, str):
        return raw
    if depth == 0:
        raise DefinitionRefused([Fault(place, TOO_DEEP, {"limit": DEPTH_LIMIT})])
    if not isinstance(raw, _Pairs):
        return [_plant(v, f"{place}[{i}]", reading, depth - 1) for i, v in enumerate(raw)]
    tree: dict[str, Tree] = {}
    for key, value in raw:
        if key in tree:
            reading.refuse(join(place, key), DUPLICATE_KEY)
        tree.setdefault(key, _plant(value, join(place, key), reading, depth - 1))
    return tree
