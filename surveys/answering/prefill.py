"""Answers → form fields: how what was saved, or chosen in a mail, stands in the form again."""

from surveys.answering.choices import list_values
from surveys.answering.conditions import Answers
from surveys.answering.figures import write_day
from surveys.answering.reading import field_names
from surveys.building.definition import Definition, Question, QuestionType

Fields = dict[str, list[str]]

PICKED_ONE = {
    QuestionType.SINGLE_CHOICE,
    QuestionType.YES_NO,
    QuestionType.SCALE,
    QuestionType.NPS,
}


def fill_fields(definition: Definition, answers: Answers, *, language: str) -> Fields:
    """Return the fields that carry `answers`; reading them gives the same answers again."""
    fields: Fields = {}
    for question in definition.questions():
        fields.update(fill_question(question, answers, language=language))
    return fields


def fill_question(question: Question, answers: Answers, *, language: str) -> Fields:
    """Return the fields of one question."""
    found = {name: _find_value(question, name, answers) for name in field_names(question)}
    return {
        name: _write(question, value, language)
        for name, value in found.items()
        if value is not None
    }


def read_preselection(definition: Definition, chosen: str) -> Fields:
    """Return the field that `<question>:<value>` of a mail link selects; empty when it can't."""
    code, _, value = chosen.partition(":")
    question = definition.question_by_code.get(code)
    if question is None or question.type not in PICKED_ONE or value not in list_values(question):
        return {}
    return {code: [value]}


def _find_value(question: Question, name: str, answers: Answers) -> object:
    if question.items:
        item = name.removeprefix(f"{question.code}.")
        return answers.get(question.code, {}).get(item)
    return answers.get(name)


def _write(question: Question, value: object, language: str) -> list[str]:
    if isinstance(value, list):
        return [str(part) for part in value]
    if question.type == QuestionType.DATE:
        return [write_day(str(value))]
    if isinstance(value, float):
        plain = f"{value:.6f}".rstrip("0").rstrip(".")
        return [plain.replace(".", ",") if language == "tr" else plain]
    return [str(value)]
