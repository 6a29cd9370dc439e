"""Answers that are picked: one or several options, yes or no, a point of a scale."""

from collections.abc import Mapping, Sequence

from surveys.answering.conditions import Answers
from surveys.answering.faults import Unreadable
from surveys.answering.texts import OTHER_LENGTH, clean_text
from surveys.building.definition import NPS_POINTS, Question, QuestionType
from surveys.errors import N_

Form = Mapping[str, Sequence[str]]

OTHER = "other"
_UNKNOWN = N_("Choose one of the answers shown for “%(question)s”.")
_TOO_FEW = N_("Choose at least %(limit)s answers for “%(question)s”.")
_TOO_MANY = N_("Choose at most %(limit)s answers for “%(question)s”.")


def list_values(question: Question) -> list[str]:
    """Return the values that one field of a picked question can carry, in order shown."""
    if question.type == QuestionType.YES_NO:
        return ["yes", "no"]
    if question.type == QuestionType.NPS:
        return [str(point) for point in NPS_POINTS]
    if question.scale:
        return [str(point) for point in range(question.scale.min, question.scale.max + 1)]
    codes = [option.code for option in question.options or []]
    return [*codes, OTHER] if question.other else codes


def read_choice(question: Question, form: Form) -> Answers:
    """Return `{code: option}`, with `{code.other: text}` when the option is `other`.

    The text may stay empty. Text without a pick means `other`: who writes there has answered.
    """
    text = _read_other(question, form)
    picked = _pick(question, form, field=question.code) or (OTHER if text else None)
    if picked is None:
        return {}
    if picked != OTHER or not text:
        return {question.code: picked}
    return {question.code: picked, f"{question.code}.other": text}


def read_choices(question: Question, form: Form) -> Answers:
    """Return `{code: [option, …]}` in the order shown, with the text beside `other`."""
    known = list_values(question)
    given = {value for value in form.get(question.code, ()) if value}
    if not given <= set(known):
        raise Unreadable(question, _UNKNOWN)
    text = _read_other(question, form)
    limit = question.max_choices or len(known)
    if text and len(given) < limit:
        given.add(OTHER)
    picked = [value for value in known if value in given]
    if len(picked) > limit:
        raise Unreadable(question, _TOO_MANY, limit=limit)
    if picked and len(picked) < (question.min_choices or 0):
        raise Unreadable(question, _TOO_FEW, limit=question.min_choices)
    if not picked:
        return {}
    if not text or OTHER not in picked:
        return {question.code: picked}
    return {question.code: picked, f"{question.code}.other": text}


def read_point(question: Question, form: Form) -> Answers:
    """Return `{code: whole number}` of a scale."""
    picked = _pick(question, form, field=question.code)
    return {} if picked is None else {question.code: int(picked)}


def read_points(question: Question, form: Form) -> Answers:
    """Return `{code: {item: whole number, …}}` with the items that were answered."""
    points = {}
    for item in question.items or []:
        field = f"{question.code}.{item.code}"
        picked = _pick(question, form, field=field)
        if picked is not None:
            points[item.code] = int(picked)
    return {question.code: points} if points else {}


def _pick(question: Question, form: Form, *, field: str) -> str | None:
    given = [value for value in form.get(field, ()) if value]
    if not given:
        return None
    if len(set(given)) > 1 or given[0] not in list_values(question):
        raise Unreadable(question, _UNKNOWN, field=field)
    return given[0]


def _read_other(question: Question, form: Form) -> str:
    if not question.other:
        return ""
    field = f"{question.code}.other"
    typed = next(iter(form.get(field, ())), "")
    return clean_text(question, typed, field=field, limit=OTHER_LENGTH, is_long=False)
