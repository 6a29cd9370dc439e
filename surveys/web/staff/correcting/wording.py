"""Every text of a survey as fields of one form, and the form back as the survey's document.

Fields are `survey.title.tr`, `section.0.title.en`, `question.nps.text.tr`,
`question.sector.options.public.tr`, `question.rating.scale.low.en`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surveys.building.applying import apply
from surveys.building.cleaning import EditRefused
from surveys.building.definition import Text
from surveys.building.faults import Fault
from surveys.building.operations import Operation, SetQuestion, SetSection, SetSurvey
from surveys.building.problems import list_problems
from surveys.errors import N_

Document = dict[str, Any]
Form = Mapping[str, str]

_QUESTION = re.compile(r"sections\[([0-9]+)\]\.questions\[([0-9]+)\]\.(.+)")
_CHOICE = re.compile(r"(options|items)\[([0-9]+)\]\.text(.*)")
_SECTION = re.compile(r"sections\[([0-9]+)\]\.(.+)")


@dataclass(frozen=True)
class Wording:
    """One text by language: the name of its fields, what it is, whether it may have lines.

    `number`: which choice of its question it is, from 1.
    """

    name: str
    label: str
    texts: Text
    is_long: bool = False
    number: int | None = None


@dataclass(frozen=True)
class Group:
    """The texts of one question, of a section's head or of the survey."""

    kind: str
    code: str
    wordings: Sequence[Wording]


def list_groups(document: Document) -> list[Group]:
    """Return all texts of a survey in the order in which people read them."""
    survey = [
        Wording("survey.title", N_("Title"), document["title"]),
        Wording("survey.purpose", N_("Purpose"), document["purpose"], is_long=True),
    ]
    groups = [Group("survey", "", survey)]
    for index, section in enumerate(document["sections"]):
        title = Wording(f"section.{index}.title", N_("Title"), section["title"])
        groups.append(Group("section", str(index + 1), [title]))
        groups += [
            Group("question", question["code"], list(_list_wordings(question)))
            for question in section["questions"]
        ]
    return groups


def reword(document: Document, form: Form) -> tuple[Document, list[tuple[str, Fault]]]:
    """Return the document with the form's texts, and each fault beside the name of its field."""
    changed, faults = document, []
    for prefix, operation in _list_operations(document, form):
        try:
            changed = apply(operation, changed).document
        except EditRefused as refusal:
            faults += [(name_field(f"{prefix}{f.place}", document), f) for f in refusal.faults]
    found = faults or [(name_field(f.place, changed), f) for f in list_problems(changed).blocking]
    known = {name for name in form if name.startswith(("survey.", "section.", "question."))}
    return changed, [(name, fault) for name, fault in found if name in known]


def name_field(place: str, document: Document) -> str:
    """Return the name of the field in which the text of a place stands."""
    if found := _QUESTION.fullmatch(place):
        section, index, rest = found.groups()
        question = document["sections"][int(section)]["questions"][int(index)]
        if choice := _CHOICE.fullmatch(rest):
            key, number, language = choice.groups()
            rest = f"{key}.{question[key][int(number)]['code']}{language}"
        return f"question.{question['code']}.{rest}"
    if found := _SECTION.fullmatch(place):
        return f"section.{found[1]}.{found[2]}"
    return f"survey.{place}"


def _list_wordings(question: Mapping[str, Any]) -> Iterator[Wording]:
    base = f"question.{question['code']}"
    yield Wording(f"{base}.text", N_("Question"), question["text"], is_long=True)
    yield Wording(f"{base}.hint", N_("Hint"), question.get("hint") or {}, is_long=True)
    for end, label in (("low", N_("Lowest point")), ("high", N_("Highest point"))):
        if scale := question.get("scale"):
            yield Wording(f"{base}.scale.{end}", label, scale[end])
    for key in ("options", "items"):
        for number, option in enumerate(question.get(key) or [], start=1):
            name = f"{base}.{key}.{option['code']}"
            yield Wording(name, N_("Choice"), option["text"], number=number)


def _list_operations(document: Document, form: Form) -> Iterator[tuple[str, Operation]]:
    """Yield the operations that give the form's texts, each with the place that it is at."""
    yield "", SetSurvey({key: _read(form, f"survey.{key}") for key in ("title", "purpose")})
    for index, section in enumerate(document["sections"]):
        place = f"sections[{index}]."
        yield place, SetSection(index, {"title": _read(form, f"section.{index}.title")})
        for number, question in enumerate(section["questions"]):
            keys = _read_question(question, form)
            yield f"{place}questions[{number}].", SetQuestion(question["code"], keys)


def _read_question(question: Mapping[str, Any], form: Form) -> dict[str, object]:
    base = f"question.{question['code']}"
    keys: dict[str, object] = {key: _read(form, f"{base}.{key}") for key in ("text", "hint")}
    if "scale" in question:
        keys["scale"] = {end: _read(form, f"{base}.scale.{end}") for end in ("low", "high")}
    for key in ("options", "items"):
        if key in question:
            keys[key] = [
                {"code": option["code"], "text": _read(form, f"{base}.{key}.{option['code']}")}
                for option in question[key]
            ]
    return keys


def _read(form: Form, name: str) -> Text:
    """Return a text in the languages whose fields the form has."""
    fields = ((language, f"{name}.{language}") for language in ("tr", "en"))
    return {language: form[field] for language, field in fields if field in form}
