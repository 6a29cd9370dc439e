"""Where a survey and its indicator stand, read and worded for letters."""

from datetime import datetime, tzinfo

from sqlalchemy.orm import Session

from models import Survey
from surveys.i18n import format_integer, format_percent
from surveys.indicators.finding import IndicatorUnknown
from surveys.indicators.value import IndicatorValue, measure
from surveys.rates.dispositions import count_dispositions, to_counts
from surveys.rates.formulas import Rate, compute_rates

RATE_DECIMALS = 1


def measure_survey(session: Session, survey: Survey) -> Rate:
    """Return RR1: who finished, of all who were invited."""
    return compute_rates(to_counts(count_dispositions(session, survey_id=survey.id)))["RR1"]


def measure_indicator(
    session: Session, survey: Survey, *, now: datetime, zone: tzinfo
) -> IndicatorValue | None:
    """Return the value of the survey's indicator in its year; None when it serves none."""
    if survey.indicator_code is None or survey.year is None:
        return None
    try:
        return measure(
            session,
            code=survey.indicator_code,
            year=survey.year,
            now=now,
            zone=zone,
            is_demo=survey.is_demo,
        )
    except IndicatorUnknown:
        return None


def write_share(rate: Rate, language: str, *, decimals: int = RATE_DECIMALS) -> str:
    """Return `538 / 3.581 (%15,0)`."""
    top, bottom = (format_integer(n, language) for n in (rate.numerator, rate.denominator))
    percent = format_percent(rate.percent(decimals), language, decimals=decimals)
    return f"{top} / {bottom} ({percent})"


def write_indicator(value: IndicatorValue, language: str) -> str:
    """Return `PG3.3.5, 2026: 538 / 3.581 (%15,02)`."""
    definition = value.known.definition
    share = write_share(value.rate, language, decimals=definition.decimals)
    return f"{definition.code}, {value.period.year}: {share}"
