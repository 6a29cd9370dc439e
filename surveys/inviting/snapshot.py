"""The question that stands in the invitation, as it was when the survey was launched."""

from models import Document
from surveys.building.definition import NPS_POINTS, Definition, Question, QuestionType, Text
from surveys.errors import N_
from surveys.i18n import translate

YES = N_("Yes")
NO = N_("No")
OTHER = N_("Other")

Choice = tuple[str, Text]


def snapshot_in_mail(definition: Definition) -> Document | None:
    """Return the in-mail question, or None when the survey puts none into its invitation.

    Shape: `{code, text, options: [{value, text}], low, high}`; texts are by language, `value` is
    what an answer link carries, `low` and `high` are the words at the ends of a scale or None.
    """
    question = next((q for q in definition.questions() if q.in_mail), None)
    if question is None:
        return None
    choices = _choices(question, definition.languages)
    return {
        "code": question.code,
        "text": question.text,
        "options": [{"value": value, "text": text} for value, text in choices],
        "low": question.scale.low if question.scale else None,
        "high": question.scale.high if question.scale else None,
    }


def _choices(question: Question, languages: list[str]) -> list[Choice]:
    if question.type == QuestionType.NPS:
        return _points(NPS_POINTS, languages)
    if question.scale:
        return _points(range(question.scale.min, question.scale.max + 1), languages)
    if question.type == QuestionType.YES_NO:
        return [("yes", _in_each(YES, languages)), ("no", _in_each(NO, languages))]
    options = [(option.code, option.text) for option in question.options or []]
    return options + ([("other", _in_each(OTHER, languages))] if question.other else [])


def _points(points: range, languages: list[str]) -> list[Choice]:
    return [(str(point), dict.fromkeys(languages, str(point))) for point in points]


def _in_each(word: str, languages: list[str]) -> Text:
    return {language: translate(language, word) for language in languages}
