"""`show_if`: read as it stands, then held against the question that it refers to."""

from collections.abc import Sequence
from decimal import Decimal

from surveys.building.definition import NPS_POINTS, Condition, Question, QuestionType
from surveys.building.faults import Spot
from surveys.building.values import WHOLE, as_block, as_list, as_number, as_switch, as_word
from surveys.errors import N_

RULES = ("in", "at_least", "answered")
VALUE_LIMIT = 200
OTHER = "other"
NUMERIC = frozenset({QuestionType.NPS, QuestionType.SCALE, QuestionType.NUMBER})

_ONE_RULE = N_("Exactly one of these keys is needed: in, at_least, answered.")
_ONLY_TRUE = N_("Only true is possible here.")
_ITSELF = N_("The question %(question)s can't depend on itself.")
_LATER = N_("The question %(question)s is asked later. A condition needs an earlier one.")
_UNKNOWN = N_("There is no question %(question)s. Choose another one, or remove the condition.")
_NO_ANSWER = N_("%(question)s is a note and has no answer.")
_UNFIT = N_(
    "The condition doesn't fit the answers of %(question)s. Choose it anew (in a file: %(rules)s)."
)
_NO_VALUE = N_("Choose at least one answer.")
_NO_SUCH_ANSWER = N_("%(question)s has no answer %(value)s. Possible are: %(known)s.")
_NO_SUCH_NUMBER = N_("%(question)s can't be answered with %(value)s.")
_NEVER = N_("%(question)s is never %(value)s or more. Its largest answer is %(high)s.")


def read_condition(spot: Spot | None) -> Condition | None:
    """Return the condition here; one whose rule is faulty keeps its question alone."""
    block = as_block(spot, ("question", *RULES))
    if block is None:
        return None
    question = as_word(block.need("question")) or ""
    given = [rule for rule in RULES if block.find(rule) is not None]
    if len(given) != 1:
        block.spot.refuse(_ONE_RULE)
        return Condition(question)
    spot_of_rule = block.find(given[0])
    if given == ["in"]:
        words = [
            as_word(item) for item in as_list(spot_of_rule, limit=VALUE_LIMIT, empty=_NO_VALUE)
        ]
        return Condition(question, one_of=[word for word in words if word is not None])
    if given == ["at_least"]:
        return Condition(question, at_least=_as_number(spot_of_rule))
    is_answered = as_switch(spot_of_rule)
    if spot_of_rule is not None and not is_answered:
        spot_of_rule.refuse(_ONLY_TRUE)
    return Condition(question, answered=is_answered)


def _as_number(spot: Spot | None) -> int | float | None:
    number = as_number(spot)
    if number is None:
        return None
    return float(number) if "." in number else int(number)


def check_conditions(asked: Sequence[tuple[Spot, Question]]) -> None:
    """Note every condition on a question that isn't earlier, or on answers that it can't have."""
    codes = [question.code for _, question in asked]
    for index, (spot, question) in enumerate(asked):
        condition = question.show_if
        if condition is None or not condition.question:
            continue
        place = spot.under("show_if", None)
        if condition.question in codes[:index]:
            _check_rule(place, condition, asked[codes.index(condition.question)][1])
        elif condition.question == question.code:
            place.under("question", None).refuse(_ITSELF, question=condition.question)
        elif condition.question in codes:
            place.under("question", None).refuse(_LATER, question=condition.question)
        else:
            place.under("question", None).refuse(_UNKNOWN, question=condition.question)


def _check_rule(spot: Spot, condition: Condition, earlier: Question) -> None:
    if earlier.type == QuestionType.NOTE:
        spot.under("question", None).refuse(_NO_ANSWER, question=earlier.code)
    elif condition.one_of is not None:
        _check_values(spot.under("in", None), condition.one_of, earlier)
    elif condition.at_least is not None:
        _check_least(spot.under("at_least", None), condition.at_least, earlier)


def _check_values(spot: Spot, values: list[str], earlier: Question) -> None:
    if earlier.type == QuestionType.NUMBER and not earlier.decimals:
        for value in values:
            _check_number(spot, value, earlier)
        return
    known = _list_answers(earlier)
    if known is None:
        _refuse_rule(spot, earlier)
        return
    for value in values:
        if known and value not in known:
            spot.refuse(_NO_SUCH_ANSWER, question=earlier.code, value=value, known=known)


def _check_number(spot: Spot, value: str, earlier: Question) -> None:
    low, high = _find_bounds(earlier)
    is_possible = WHOLE.fullmatch(value) is not None and (
        (low is None or low <= Decimal(value)) and (high is None or Decimal(value) <= high)
    )
    if not is_possible:
        spot.refuse(_NO_SUCH_NUMBER, question=earlier.code, value=value)


def _check_least(spot: Spot, least: float, earlier: Question) -> None:
    if earlier.type not in NUMERIC:
        _refuse_rule(spot, earlier)
        return
    high = _find_bounds(earlier)[1]
    if high is not None and Decimal(str(least)) > high:
        spot.refuse(_NEVER, question=earlier.code, value=str(least), high=f"{high:f}")


def _refuse_rule(spot: Spot, earlier: Question) -> None:
    if earlier.type:
        rules = ["at_least", "answered"] if earlier.type in NUMERIC else ["answered"]
        if _list_answers(earlier) is not None:
            rules = ["in", "answered"]
        spot.refuse(_UNFIT, question=earlier.code, rules=rules)


def _list_answers(question: Question) -> list[str] | None:
    """Return the answers of a question that has a fixed list of them, as text."""
    if question.type in {QuestionType.SINGLE_CHOICE, QuestionType.MULTIPLE_CHOICE}:
        codes = [option.code for option in question.options or []]
        return [*codes, OTHER] if codes and question.other else codes
    if question.type == QuestionType.YES_NO:
        return ["yes", "no"]
    if question.type == QuestionType.NPS:
        return [str(point) for point in NPS_POINTS]
    if question.type == QuestionType.SCALE:
        scale = question.scale
        return [str(point) for point in range(scale.min, scale.max + 1)] if scale else []
    return None


def _find_bounds(question: Question) -> tuple[Decimal | None, Decimal | None]:
    """Return the smallest and the largest number that can be answered, None where unlimited."""
    if question.type == QuestionType.NPS:
        return Decimal(NPS_POINTS[0]), Decimal(NPS_POINTS[-1])
    if question.type == QuestionType.SCALE:
        scale = question.scale
        return (Decimal(scale.min), Decimal(scale.max)) if scale else (None, None)
    low, high = question.min, question.max
    return Decimal(low) if low else None, Decimal(high) if high else None
