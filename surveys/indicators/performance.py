"""How far an indicator has come from its start value to its target, in percent.

Source: the arithmetic that strategic plans in Turkey print, (C - A) / (B - A) x 100.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
NONE = Decimal(0)
FULL = Decimal(100)


@dataclass(frozen=True)
class Performance:
    """`raw` is the performance in percent, None where A = B or something is not known.

    `ratio` stands in for it where A = B, in percent too; None when its divisor is 0.
    """

    raw: Decimal | None = None
    ratio: Decimal | None = None

    @property
    def shown(self) -> Decimal | None:
        """What is printed: never below 0."""
        return None if self.raw is None else max(NONE, self.raw)


def measure_performance(
    *, start: Decimal | None, target: Decimal | None, value: Decimal | None
) -> Performance:
    """Return the performance of `value` (C) between `start` (A) and `target` (B), all percent.

    `value` comes rounded to its declared decimals, so that a pocket calculator agrees.
    """
    if start is None or target is None or value is None:
        return Performance()
    if start != target:
        return Performance(raw=_percent(value - start, target - start))
    return Performance(ratio=_percent(value, target))


def _percent(numerator: Decimal, denominator: Decimal) -> Decimal | None:
    if denominator == 0:
        return None
    return (FULL * numerator / denominator).quantize(CENT, ROUND_HALF_UP)
