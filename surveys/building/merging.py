"""Cleaned values laid over a part of a draft's document; nothing empty stays."""

from typing import Any

from surveys.building.coding import free_code, make_code
from surveys.building.definition import Text

OPTION_CODE_LENGTH = 32
TEXTS = frozenset({"title", "purpose", "text", "hint", "subject", "low", "high"})
OPTIONS = frozenset({"options", "items"})


def merge(part: dict[str, Any], cleaned: dict[str, Any]) -> None:
    """Lay `cleaned` over `part`: None and False take a key away, texts change by language."""
    for key, value in cleaned.items():
        merged = _merge_value(key, part.get(key), value)
        if merged is None or merged is False or (merged == {} and key in TEXTS):
            part.pop(key, None)
        else:
            part[key] = merged


def merge_text(old: Text | None, new: Text) -> Text:
    """Return the texts of both, the newer ones first in line; empty ones are left out."""
    return {language: text for language, text in {**(old or {}), **new}.items() if text}


def _merge_value(key: str, old: Any, value: Any) -> Any:
    if value is None:
        return None
    if key in TEXTS:
        return merge_text(old, value)
    if key in OPTIONS:
        return _merge_options(old or [], value)
    if key == "scale":
        return _merge_scale(old or {}, value)
    return value


def _merge_scale(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    ends = {key: merge_text(old.get(key), new[key]) for key in ("low", "high")}
    return {**old, **new, **ends}


def _merge_options(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the new options; one without a code gets one that its first text suggests."""
    texts = {option["code"]: option.get("text") for option in old}
    taken = [option["code"] for option in new if option["code"]] + ["other"]
    merged = []
    for option in new:
        text = merge_text(texts.get(option["code"]), option["text"])
        code = option["code"] or free_code(_suggest_code(text), taken)
        taken.append(code)
        merged.append({"code": code, "text": text})
    return merged


def _suggest_code(text: Text) -> str:
    words = next(iter(text.values()), "")
    return make_code(words, joiner="_", limit=OPTION_CODE_LENGTH) or "option-1"
