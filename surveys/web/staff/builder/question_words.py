"""What staff are told of a question: its type with an example, what it holds, when it is asked."""

from collections.abc import Mapping

from surveys.building.definition import Condition, Question, QuestionType
from surveys.errors import N_
from surveys.web.respondent.conditions import say_value
from surveys.web.words import gettext

TYPE_WORDS = {
    QuestionType.SINGLE_CHOICE: N_("Single choice"),
    QuestionType.MULTIPLE_CHOICE: N_("Multiple choice"),
    QuestionType.YES_NO: N_("Yes or no"),
    QuestionType.SCALE: N_("Scale"),
    QuestionType.SCALE_GROUP: N_("Scale group"),
    QuestionType.NPS: N_("0–10 points (NPS)"),
    QuestionType.NUMBER: N_("Number or year"),
    QuestionType.DATE: N_("Date"),
    QuestionType.SHORT_TEXT: N_("Short text"),
    QuestionType.LONG_TEXT: N_("Long text"),
    QuestionType.NOTE: N_("Note without an answer"),
}
EXAMPLES = {
    QuestionType.SINGLE_CHOICE: N_("One of several answers: what is your employment status?"),
    QuestionType.MULTIPLE_CHOICE: N_("As many as apply: how did you look for work?"),
    QuestionType.YES_NO: N_("Are you a member of the alumni association?"),
    QuestionType.SCALE: N_("From 1 to 5: how satisfied are you?"),
    QuestionType.SCALE_GROUP: N_("Several things on one scale: languages, teamwork, computing"),
    QuestionType.NPS: N_("How likely are you to recommend us?"),
    QuestionType.NUMBER: N_("For how many years have you been working?"),
    QuestionType.DATE: N_("When did you start your job?"),
    QuestionType.SHORT_TEXT: N_("In which city do you work?"),
    QuestionType.LONG_TEXT: N_("What would you suggest to us?"),
    QuestionType.NOTE: N_("A sentence that explains what follows"),
}


def list_types() -> list[tuple[str, str, str]]:
    """Return each type with its name and an example, in the page's language."""
    return [
        (kind.value, gettext(name), gettext(EXAMPLES[kind])) for kind, name in TYPE_WORDS.items()
    ]


def say_type(question: Question) -> str:
    """Return the type's name with how much there is to choose from."""
    name = gettext(TYPE_WORDS[QuestionType(question.type)])
    if question.items is not None:
        return gettext("%(type)s · %(count)s items", type=name, count=len(question.items))
    if question.options is not None:
        count = len(question.options) + question.other
        return gettext("%(type)s · %(count)s answers", type=name, count=count)
    if question.scale:
        return f"{name} · {question.scale.min}–{question.scale.max}"
    return name


def say_rule(rule: Condition, *, trigger: Question, numbers: Mapping[str, int]) -> str:
    """Return when a question is asked; `numbers` are those of the cards by question code."""
    number = numbers[trigger.code]
    if rule.one_of is not None:
        answers = [f"“{say_value(trigger, value)}”" for value in rule.one_of]
        words = gettext(" or ").join([", ".join(answers[:-1]), answers[-1]][len(answers) == 1 :])
        return gettext(
            "only if question %(number)s was answered with %(answers)s",
            number=number,
            answers=words,
        )
    if rule.at_least is not None:
        return gettext(
            "only if question %(number)s was answered with %(least)s or more",
            number=number,
            least=rule.at_least,
        )
    return gettext("only if question %(number)s was answered", number=number)
