"""What the operations on questions do to a document; each changes the one that it is given."""

from copy import deepcopy
from typing import Any

from surveys.building.cleaning import EditRefused, clean, readers_of_question
from surveys.building.coding import free_code
from surveys.building.definition import QuestionType
from surveys.building.merging import merge
from surveys.building.operations import (
    AddQuestion,
    DeleteQuestion,
    DuplicateQuestion,
    MoveQuestion,
    SetQuestion,
)
from surveys.building.places import get_part, get_question, iterate_questions, list_codes, locate
from surveys.building.questions import COMMON_KEYS, DUPLICATE, MAIL_TYPES, TYPE_KEYS
from surveys.errors import N_

Details = dict[str, Any]
Done = tuple[str, Details]

_NO_TYPE = N_("Choose what kind of question this is.")
_NO_CODE = N_("A question needs a code.")
_NEEDED: dict[str, Any] = {
    "options": [{"code": "option-1", "text": {}}, {"code": "option-2", "text": {}}],
    "items": [{"code": "item-1", "text": {}}, {"code": "item-2", "text": {}}],
    "scale": {"min": 1, "max": 5, "low": {}, "high": {}},
}


def add_question(document: dict[str, Any], operation: AddQuestion) -> Done:
    """Add a question under a free code; the code is the subject."""
    questions = get_part(document["sections"], operation.section)["questions"]
    kind = str(operation.keys.get("type"))
    if kind not in list(QuestionType):
        raise EditRefused.of("type", _NO_TYPE)
    cleaned = clean(operation.keys, readers_of_question(kind), document["languages"])
    question = {"code": _find_code(document, cleaned.pop("code", None)), "type": kind}
    _fill(document, question, cleaned)
    _insert(questions, operation.position, question)
    return f"question:{question['code']}", {}


def set_question(document: dict[str, Any], operation: SetQuestion) -> Done:
    """Change a question; a new code is followed by the conditions that rest on the old one."""
    question = get_question(document, operation.code)
    kind = str(operation.keys.get("type") or question["type"])
    cleaned = clean(operation.keys, readers_of_question(kind), document["languages"])
    details: Details = {}
    if "code" in cleaned:
        details = _rename(document, operation.code, cleaned.pop("code"))
    if cleaned.pop("type", None) and kind != question["type"]:
        _retype(question, kind)
    _fill(document, question, cleaned)
    return f"question:{question['code']}", details


def move_question(document: dict[str, Any], operation: MoveQuestion) -> Done:
    """Move a question within its section or to another."""
    target = get_part(document["sections"], operation.section)["questions"]
    questions, index = locate(document, operation.code)
    _insert(target, operation.position, questions.pop(index))
    return operation.subject, {}


def duplicate_question(document: dict[str, Any], operation: DuplicateQuestion) -> Done:
    """Put a copy below the question; one question alone can stand in the mail, so not the copy."""
    questions, index = locate(document, operation.code)
    copy = deepcopy(questions[index])
    copy.pop("in_mail", None)
    copy["code"] = free_code(copy["code"], list_codes(document))
    questions.insert(index + 1, copy)
    return f"question:{copy['code']}", {"of": operation.code}


def delete_question(document: dict[str, Any], operation: DeleteQuestion) -> Done:
    """Remove a question; the details name those whose conditions now lack it."""
    questions, index = locate(document, operation.code)
    del questions[index]
    resting = list_resting(document, operation.code)
    return operation.subject, {"conditions": resting} if resting else {}


def list_resting(document: dict[str, Any], code: str) -> list[str]:
    """Return the codes of the questions whose condition rests on question `code`."""
    return [
        question["code"]
        for question in iterate_questions(document)
        if question.get("show_if", {}).get("question") == code
    ]


def _find_code(document: dict[str, Any], wish: str | None) -> str:
    codes = list_codes(document)
    if wish:
        return free_code(wish, codes)
    lowered = {code.lower() for code in codes}
    return next(c for n in range(1, len(codes) + 2) if (c := f"q{n}") not in lowered)


def _rename(document: dict[str, Any], old: str, new: str | None) -> Details:
    if not new:
        raise EditRefused.of("code", _NO_CODE)
    others = {code.lower() for code in list_codes(document) if code != old}
    if new.lower() in others:
        raise EditRefused.of("code", DUPLICATE, code=new)
    if new == old:
        return {}
    get_question(document, old)["code"] = new
    for question in iterate_questions(document):
        if question.get("show_if", {}).get("question") == old:
            question["show_if"]["question"] = new
    return {"from": old}


def _retype(question: dict[str, Any], kind: str) -> None:
    """Give the question another type; options become the items of a scale group, and back."""
    known = TYPE_KEYS[QuestionType(kind)]
    for old, new in (("options", "items"), ("items", "options")):
        if old in question and old not in known and new in known:
            question[new] = question.pop(old)
    if {question["type"], kind} == {QuestionType.NUMBER, QuestionType.DATE}:
        known = ()
    for key in [key for key in question if key not in {*COMMON_KEYS, *known}]:
        del question[key]
    if kind == QuestionType.NOTE:
        question.pop("required", None)
    if kind not in MAIL_TYPES:
        question.pop("in_mail", None)
    question["type"] = kind


def _fill(document: dict[str, Any], question: dict[str, Any], cleaned: dict[str, Any]) -> None:
    """Lay the values over the question that its type knows, and what it can't do without."""
    known = TYPE_KEYS[QuestionType(question["type"])]
    merge(question, {k: v for k, v in cleaned.items() if k in {*COMMON_KEYS, *known}})
    for key in known:
        if key in _NEEDED and key not in question:
            question[key] = deepcopy(_NEEDED[key])
    if cleaned.get("in_mail"):
        for other in iterate_questions(document):
            if other is not question:
                other.pop("in_mail", None)


def _insert(
    questions: list[dict[str, Any]], position: int | None, question: dict[str, Any]
) -> None:
    end = len(questions)
    questions.insert(end if position is None else min(max(position, 0), end), question)
