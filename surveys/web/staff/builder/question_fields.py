"""A question ↔ the fields of its form, both ways: `text.tr`, `options.0.text.en`, `scale.min`.

Fields of options and items are counted from 0; a row without any text is no option.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from surveys.building.definition import QuestionType
from surveys.building.questions import TYPE_KEYS
from surveys.i18n import LANGUAGES

Fields = Mapping[str, Sequence[str]]

PLAIN_KEYS = ("min_choices", "max_choices", "min", "max", "decimals", "max_length", "format")
ROW_LIMIT = 200


def write_fields(question: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the fields that show a question of a draft's document."""
    fields = {"code": [question["code"]], "type": [question["type"]]}
    for key in ("text", "hint"):
        fields |= write_text(key, question.get(key))
    for key in ("required", "in_mail", "other"):
        if question.get(key):
            fields[key] = ["1"]
    for key in PLAIN_KEYS:
        if question.get(key) is not None:
            fields[key] = [str(question[key])]
    for key in ("options", "items"):
        for index, option in enumerate(question.get(key) or []):
            fields |= _write_row(f"{key}.{index}", option)
    scale = question.get("scale") or {}
    fields |= {f"scale.{end}": [str(scale[end])] for end in ("min", "max") if end in scale}
    fields |= write_text("scale.low", scale.get("low")) | write_text(
        "scale.high", scale.get("high")
    )
    return fields | _write_condition(question.get("show_if"))


def read_keys(fields: Fields) -> dict[str, object]:
    """Return the keys of the definition format that a form holds; empty ones go.

    `shown` is the type whose fields stood in the form: what only another type knows is left alone.
    """
    kind, shown = first(fields, "type"), first(fields, "shown")
    keys: dict[str, object] = {
        "type": kind,
        "text": read_text(fields, "text"),
        "hint": read_text(fields, "hint"),
        "required": "required" in fields,
        "in_mail": "in_mail" in fields,
        "show_if": _read_condition(fields),
    }
    if first(fields, "code"):
        keys["code"] = first(fields, "code").strip()
    both = set(_known(kind)) & set(_known(shown))
    for key in both:
        keys[key] = _read_key(fields, key)
    return keys


def first(fields: Fields, name: str) -> str:
    """Return the one value of a field, "" when it is absent."""
    return next(iter(fields.get(name, ())), "")


def read_text(fields: Fields, name: str) -> dict[str, str]:
    """Return a text in the languages whose fields stand in the form."""
    return {
        language: first(fields, f"{name}.{language}")
        for language in LANGUAGES
        if f"{name}.{language}" in fields
    }


def write_text(name: str, text: Mapping[str, str] | None) -> dict[str, list[str]]:
    """Return the fields of a text, one a language."""
    return {f"{name}.{language}": [(text or {}).get(language, "")] for language in LANGUAGES}


def count_rows(fields: Fields, key: str) -> int:
    """Return how many rows of options or items the fields hold, blank ones included."""
    numbers = [
        int(name.split(".")[1])
        for name in fields
        if name.startswith(f"{key}.") and name.split(".")[1].isdecimal()
    ]
    return min(max(numbers, default=-1) + 1, ROW_LIMIT)


def read_rows(fields: Fields, key: str) -> list[dict[str, Any]]:
    """Return the options or items of a form in their order, without blank rows."""
    rows = (
        (first(fields, f"{key}.{i}.code"), read_text(fields, f"{key}.{i}.text"))
        for i in range(count_rows(fields, key))
    )
    return [{"code": c, "text": t} for c, t in rows if any(word.strip() for word in t.values())]


def _known(kind: str) -> Sequence[str]:
    return TYPE_KEYS[QuestionType(kind)] if kind in list(QuestionType) else ()


def _read_key(fields: Fields, key: str) -> object:
    if key in {"options", "items"}:
        return read_rows(fields, key)
    if key == "scale":
        ends = {end: first(fields, f"scale.{end}") for end in ("min", "max")}
        return {**ends, **{end: read_text(fields, f"scale.{end}") for end in ("low", "high")}}
    return "other" in fields if key == "other" else first(fields, key)


def _read_condition(fields: Fields) -> dict[str, object] | None:
    """Of each earlier question's fields, those of the chosen one count."""
    question = first(fields, "show_if.question")
    if not question:
        return None
    answers = [value for value in fields.get(f"show_if.in.{question}", ()) if value]
    least = first(fields, f"show_if.at_least.{question}").strip()
    if answers:
        return {"question": question, "in": answers}
    if least:
        return {"question": question, "at_least": least.replace(",", ".")}
    return {"question": question, "answered": True}


def _write_condition(rule: Mapping[str, Any] | None) -> dict[str, list[str]]:
    if not rule:
        return {}
    question = rule["question"]
    fields = {"show_if.question": [question]}
    if rule.get("in"):
        fields[f"show_if.in.{question}"] = [str(value) for value in rule["in"]]
    if rule.get("at_least") is not None:
        fields[f"show_if.at_least.{question}"] = [str(rule["at_least"])]
    return fields


def _write_row(name: str, option: Mapping[str, Any]) -> dict[str, list[str]]:
    """A row that was never written on keeps no code: its first words will suggest one."""
    text = option.get("text") or {}
    code = option["code"] if any(text.values()) else ""
    return {f"{name}.code": [code], **write_text(f"{name}.text", text)}
