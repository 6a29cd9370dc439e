"""A survey's document → a definition file that reads back as the same definition."""

from typing import Any

import yaml

from surveys.building.questions import ALL_KEYS
from surveys.building.reading import KEYS

# The order in which people read a definition; JSONB keeps none.
ORDER = {
    key: rank
    for rank, key in enumerate(
        dict.fromkeys(
            [
                *("question", "in", "at_least", "answered"),
                *("kind", "at", "after_days", "subject"),
                *KEYS,
                *ALL_KEYS,
                *("low", "high", "questions", "from", "to", "tr", "en"),
            ]
        )
    )
}
LINE_WIDTH = 100


def write_definition(document: dict[str, Any]) -> str:
    """Return the YAML text of a survey's document, complete or not.

    Of a draft without blocking problems, `read_definition` gives the same definition back.
    """
    return yaml.safe_dump(_ordered(document), allow_unicode=True, sort_keys=False, width=LINE_WIDTH)


def _ordered(value: Any) -> Any:
    if isinstance(value, list):
        return [_ordered(item) for item in value]
    if not isinstance(value, dict):
        return value
    ranked = sorted(value.items(), key=lambda pair: ORDER.get(pair[0], len(ORDER)))
    return {key: _ordered(inner) for key, inner in ranked}
