"""A definition with every type of question, changes to it, and the faults that reading finds."""

import json
import re
from typing import Any

from surveys.building.faults import DefinitionRefused
from surveys.building.reading import read_definition

REMOVED = object()
STEP = re.compile(r"[^.\[\]]+")


def text(words: str) -> dict[str, str]:
    return {"tr": words, "en": words}


def option(code: str) -> dict[str, Any]:
    return {"code": code, "text": text(code)}


def scale() -> dict[str, Any]:
    return {"min": 1, "max": 5, "low": text("low"), "high": text("high")}


def question(code: str, kind: str, **keys: Any) -> dict[str, Any]:
    return {"code": code, "type": kind, "text": text(code), **keys}


def make_full_document() -> dict[str, Any]:
    """Places: `sections[0]` has nps, status, topics, used, rating; `sections[1]` the rest."""
    options = [option("working"), option("looking")]
    first = [
        question("nps", "nps", in_mail=True),
        question("status", "single_choice", options=options, other=True, required=True),
        question("topics", "multiple_choice", options=options, min_choices=1, max_choices=2),
        question("used", "yes_no", show_if={"question": "status", "in": ["working", "other"]}),
        question("rating", "scale", scale=scale(), hint=text("hint")),
    ]
    second = [
        question("skills", "scale_group", scale=scale(), items=[option("field")]),
        question("events", "number", min=0, max=50),
        question("day", "date", min="2020-01-01", max="2026-12-31"),
        question("city", "short_text", max_length=80),
        question("thanks", "note", show_if={"question": "events", "at_least": 1}),
        question("comment", "long_text", format="email"),
    ]
    return {
        "code": "izleme-2026",
        "title": text("title"),
        "purpose": text("purpose"),
        "indicator": "PG3.3.5",
        "year": 2026,
        "confidentiality": "confidential",
        "languages": ["tr", "en"],
        "audience": {"graduation_year": {"from": 2019, "to": 2025}, "degree": ["Lisans"]},
        "timezone": "Europe/Istanbul",
        "opens_at": "2026-11-23T10:00",
        "closes_at": "2026-12-31T23:59",
        "sections": [
            {"title": text("one"), "questions": first},
            {"title": text("two"), "questions": second},
        ],
        "mailings": [
            {"kind": "invitation", "at": "2026-11-23T10:00", "subject": text("{ad}, merhaba")},
            {"kind": "reminder", "after_days": 7, "subject": text("{ad|Mezunumuz}")},
            {"kind": "thanks", "at": "2026-12-20T10:00", "subject": text("ok"), "text": text("y")},
        ],
    }


def change(place: str, value: Any) -> dict[str, Any]:
    """Return the full document with `value` at `place`, or without the place if REMOVED."""
    document = make_full_document()
    *way, last = [int(s) if s.isdigit() else s for s in STEP.findall(place)]
    holder: Any = document
    for step in way:
        holder = holder[step]
    if value is REMOVED:
        del holder[last]
    else:
        holder[last] = value
    return document


def list_faults(document: Any) -> list[tuple[str, str]]:
    """Return place and English sentence of every fault, none for a sound document."""
    return list_faults_of_text(json.dumps(document), filename="survey.json")


def list_faults_of_text(content: str, *, filename: str = "survey.yaml") -> list[tuple[str, str]]:
    try:
        read_definition(content, filename=filename)
    except DefinitionRefused as error:
        return [(fault.place, fault.message % fault.params) for fault in error.faults]
    return []
