"""A condition in words, for people whose browser runs no script."""

from surveys.building.definition import Condition, Question, QuestionType
from surveys.i18n import pick_text
from surveys.web.words import current_language, gettext


def say_condition(trigger: Question, rule: Condition) -> str:
    """Return when a question is to be answered, naming the answers of its trigger."""
    asked = pick_text(trigger.text, current_language())
    if rule.one_of is not None:
        answers = ", ".join(f"“{say_value(trigger, value)}”" for value in rule.one_of)
        return gettext(
            "Only if you answered “%(question)s” with %(answers)s:", question=asked, answers=answers
        )
    if rule.at_least is not None:
        return gettext(
            "Only if you answered “%(question)s” with %(number)s or more:",
            question=asked,
            number=rule.at_least,
        )
    return gettext("Only if you answered “%(question)s”:", question=asked)


def say_value(trigger: Question, value: str) -> str:
    """Return an answer of `trigger`, held as text, in the words that people pick it by."""
    if trigger.type == QuestionType.YES_NO:
        return gettext("Yes") if value == "yes" else gettext("No")
    by_code = {option.code: option.text for option in trigger.options or []}
    if value in by_code:
        return pick_text(by_code[value], current_language())
    return gettext("Other") if value == "other" else value
