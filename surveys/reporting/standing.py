"""How a year of an indicator stands towards its target, the same for all at one revision."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from models import Survey
from surveys.indicators.value import IndicatorValue


class Standing(StrEnum):
    """`missed` once the year is over; before that `on_track` or `at_risk`, by the pace.

    On track: of the needed answers as large a part is there as is gone of the time from the first
    survey's opening to the last one's end. `no_data`: no target, or nobody to count.
    """

    MET = "met"
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    MISSED = "missed"
    NO_DATA = "no_data"


def find_standing(value: IndicatorValue, *, surveys: Sequence[Survey], as_of: datetime) -> Standing:
    """Return the standing; `surveys` count for the year, `as_of` is when a count last moved.

    The pace is taken at `as_of` and not at the time of asking, so that what was told at one
    revision stays true of it; only the year's end comes by itself.
    """
    if value.needed is None:
        return Standing.NO_DATA
    if value.is_met:
        return Standing.MET
    if value.period.is_over:
        return Standing.MISSED
    begins_at, ends_at = _span(value, surveys)
    gone = min(max(as_of, begins_at), ends_at) - begins_at
    is_on_pace = value.rate.numerator * (ends_at - begins_at) >= value.needed * gone
    return Standing.ON_TRACK if is_on_pace else Standing.AT_RISK


def _span(value: IndicatorValue, surveys: Sequence[Survey]) -> tuple[datetime, datetime]:
    """Return within which time of the year answers come; all of it when no survey is planned."""
    period = value.period
    if not surveys:
        return period.begins_at, period.ends_at
    begins_at = min(survey.opens_at for survey in surveys)
    ends_at = max(survey.ends_at() for survey in surveys)
    return max(begins_at, period.begins_at), min(ends_at, period.ends_at)
