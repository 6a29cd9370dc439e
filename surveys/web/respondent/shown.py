"""One question as it stands on a page: its texts in the page's language, and its mistake."""

from dataclasses import dataclass

from surveys.answering.choices import OTHER, list_values
from surveys.answering.faults import Fault
from surveys.answering.texts import text_limit
from surveys.building.definition import Question, QuestionType, Text
from surveys.i18n import pick_text
from surveys.web.respondent.conditions import say_condition
from surveys.web.words import current_language, gettext


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One question on the page. `choices`: (value, text) of what can be picked.

    `hangs_on_page`: a question of the same page decides whether it is asked; `condition` says so
    in words, at the first of several that hang on the same answer.
    """

    question: Question
    hint: str
    choices: list[tuple[str, str]]
    low: str
    high: str
    text_limit: int
    hangs_on_page: bool
    condition: str | None
    error: str | None

    @property
    def described_by(self) -> str:
        """The ids of what explains the question, for `aria-describedby`."""
        code = self.question.code
        names = [f"{code}-hint"] if self.hint else []
        return " ".join([*names, f"{code}-error"] if self.error else names)


def show_question(
    question: Question, *, trigger: Question | None, opens_group: bool, fault: Fault | None
) -> Shown:
    """Return how `question` stands on a page on which `trigger`, if any, decides on it."""
    rule = question.show_if
    condition = say_condition(trigger, rule) if trigger and rule and opens_group else None
    low, high = _ends(question)
    return Shown(
        question=question,
        hint=_hint(question, low, high),
        choices=_list_choices(question),
        low=low,
        high=high,
        text_limit=text_limit(question),
        hangs_on_page=trigger is not None,
        condition=condition,
        error=say_fault(fault) if fault else None,
    )


def say_fault(fault: Fault) -> str:
    """Return the sentence of a fault in the page's language."""
    return gettext(fault.message, question=_say(fault.label).rstrip(" .:"), **fault.params)


def _say(text: Text) -> str:
    return pick_text(text, current_language())


def _list_choices(question: Question) -> list[tuple[str, str]]:
    texts = {option.code: _say(option.text) for option in question.options or []}
    if question.type == QuestionType.YES_NO:
        texts = {"yes": gettext("Yes"), "no": gettext("No")}
    elif question.other:
        texts[OTHER] = gettext("Other")
    return [(value, texts.get(value, value)) for value in list_values(question)]


def _ends(question: Question) -> tuple[str, str]:
    if question.scale:
        return _say(question.scale.low), _say(question.scale.high)
    if question.type == QuestionType.NPS:
        return gettext("Not at all likely"), gettext("Extremely likely")
    return "", ""


def _hint(question: Question, low: str, high: str) -> str:
    own = _say(question.hint) if question.hint else ""
    usual = ""
    if question.type == QuestionType.SCALE_GROUP and question.scale:
        usual = f"{question.scale.min} = {low}, {question.scale.max} = {high}"
    elif question.type == QuestionType.DATE:
        usual = gettext("Day, month and year, for example 15.03.2026")
    elif question.type == QuestionType.MULTIPLE_CHOICE:
        usual = _say_limits(question.min_choices, question.max_choices)
    elif question.type == QuestionType.LONG_TEXT:
        usual = gettext("Please don't write anything that says who you are.")
    return f"{own} {usual}".strip()


def _say_limits(lowest: int | None, highest: int | None) -> str:
    if lowest and highest:
        return gettext("Choose %(low)s to %(high)s.", low=lowest, high=highest)
    if highest:
        return gettext("Choose at most %(limit)s.", limit=highest)
    if lowest:
        return gettext("Choose at least %(limit)s.", limit=lowest)
    return gettext("Choose all that apply.")
