"""The funnel as lines of a table: how many got so far, of all and of the step before."""

from dataclasses import dataclass

from surveys.rates.formulas import Rate
from surveys.rates.funnel import Funnel


@dataclass(frozen=True)
class Step:
    """One step; `of_before` is None for the first."""

    key: str
    count: int
    of_invited: Rate
    of_before: Rate | None


def list_steps(funnel: Funnel) -> list[Step]:
    """Return the steps in order. An opened link is none: mail scanners open links too."""
    counts = [
        ("invited", funnel.invited),
        ("mailed", funnel.mailed),
        ("started", funnel.started),
        ("completed", funnel.completed),
    ]
    steps: list[Step] = []
    before: int | None = None
    for key, count in counts:
        of_before = None if before is None else Rate(count, before)
        steps.append(Step(key, count, Rate(count, funnel.invited), of_before))
        before = count
    return steps
