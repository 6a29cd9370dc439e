"""Plain makers of questions and definitions for tests that need no database."""

from typing import Any

from surveys.building.definition import Definition, Question, from_document
from tests.factories import make_document

SCALE = {"min": 1, "max": 5, "low": {"tr": "Az"}, "high": {"tr": "Çok"}}


def make_fields(code: str, kind: str, **over: Any) -> dict[str, Any]:
    """Return a question's document."""
    usual: dict[str, Any] = {}
    if kind in {"single_choice", "multiple_choice"}:
        usual["options"] = [{"code": c, "text": {"tr": c.upper()}} for c in ("a", "b", "c")]
    if kind in {"scale", "scale_group"}:
        usual["scale"] = SCALE
    if kind == "scale_group":
        usual["items"] = [{"code": c, "text": {"tr": c.upper()}} for c in ("one", "two")]
    return {"code": code, "type": kind, "text": {"tr": f"Soru {code}?"}, **usual, **over}


def make_definition(*sections: list[dict[str, Any]]) -> Definition:
    """Return a definition with one section for each list of questions' documents."""
    titled = [{"title": {"tr": f"Bölüm {n}"}, "questions": qs} for n, qs in enumerate(sections, 1)]
    return from_document(make_document(sections=titled))


def make_question(kind: str, **over: Any) -> Question:
    """Return the question `q` of a type."""
    return make_definition([make_fields("q", kind, **over)]).question_by_code["q"]
