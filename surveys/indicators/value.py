"""The value of an indicator in one year: the one number that every page and command shows."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal

from sqlalchemy.orm import Session

from surveys.indicators.counting import Period, count_answered, count_base, period_of
from surveys.indicators.definition import Known
from surveys.indicators.finding import get_definition
from surveys.indicators.performance import Performance, measure_performance
from surveys.rates.formulas import Rate
from surveys.rates.targets import count_missing, count_needed, is_met


@dataclass(frozen=True)
class IndicatorValue:
    """What was counted for `period` under the definition `known`."""

    known: Known
    period: Period
    rate: Rate

    @property
    def value(self) -> Decimal | None:
        """C in percent, rounded half up to the declared decimals; None when nobody is counted."""
        return self.rate.percent(self.known.definition.decimals)

    @property
    def target(self) -> Decimal | None:
        """B of the year in percent; None where the plan names none."""
        return self.known.definition.targets.get(self.period.year)

    @property
    def needed(self) -> int | None:
        """How many people the target takes; None without a target or anybody counted."""
        if self.target is None or not self.rate.denominator:
            return None
        return count_needed(self.rate.denominator, target=self.target)

    @property
    def missing(self) -> int | None:
        """How many people more it takes to the target; None without a target or anybody counted."""
        if self.target is None or not self.rate.denominator:
            return None
        return count_missing(self.rate.numerator, self.rate.denominator, target=self.target)

    @property
    def is_met(self) -> bool | None:
        """Whether the target is met, decided on whole people; None without a target."""
        if self.target is None:
            return None
        return is_met(self.rate.numerator, self.rate.denominator, target=self.target)

    @property
    def performance(self) -> Performance:
        """How far the rounded value has come from the start value to the target."""
        return measure_performance(
            start=self.known.definition.start_value, target=self.target, value=self.value
        )


def measure(
    session: Session, *, code: str, year: int, now: datetime, zone: tzinfo, is_demo: bool
) -> IndicatorValue:
    """Return the value of the indicator in `year` (local calendar of `zone`) as it stands at `now`.

    Counts either real or demo people and surveys, never both. Raises IndicatorUnknown.
    """
    known = get_definition(session, code=code, is_demo=is_demo)
    period = period_of(year, now=now, zone=zone)
    answered = count_answered(session, known=known, period=period)
    return value_of(session, known=known, period=period, answered=answered)


def value_of(session: Session, *, known: Known, period: Period, answered: int) -> IndicatorValue:
    """Return the value when `answered` people, counted before, are the numerator."""
    base = count_base(session, known=known, period=period)
    return IndicatorValue(known, period, Rate(answered, base))
