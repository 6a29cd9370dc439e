"""A share against a target in percent: met or not, and how many people it takes. Integers only."""

from decimal import Decimal

PERCENT = 100


def is_met(numerator: int, denominator: int, *, target: Decimal) -> bool:
    """Tell whether numerator/denominator reaches `target` (percent), without any rounding.

    358 of 3,581 prints as 10.0 % and does not meet a target of 10 %. Nobody counted meets none.
    """
    top, bottom = target.as_integer_ratio()
    return denominator > 0 and PERCENT * bottom * numerator >= top * denominator


def count_needed(denominator: int, *, target: Decimal) -> int:
    """Return the fewest people out of `denominator` with whom `target` (percent) is met."""
    top, bottom = target.as_integer_ratio()
    return -(-top * denominator // (PERCENT * bottom))


def count_missing(numerator: int, denominator: int, *, target: Decimal) -> int:
    """Return how many people more it takes; 0 once the target is met."""
    return max(0, count_needed(denominator, target=target) - numerator)
