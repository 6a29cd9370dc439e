"""The base of the indicator that a draft serves, in words: it is not that of the rate."""

from datetime import datetime, tzinfo

from sqlalchemy.orm import Session

from models import Survey
from surveys.errors import N_
from surveys.i18n import format_integer, translate
from surveys.indicators.finding import IndicatorUnknown
from surveys.indicators.value import measure
from surveys.indicators.words import BASES
from surveys.web.words import current_language, gettext


def say_indicator_base(
    session: Session, survey: Survey, *, now: datetime, zone: tzinfo
) -> str | None:
    """Return whom the indicator counts and how many they are; None where the survey serves none."""
    code, year = survey.indicator_code, survey.year or now.astimezone(zone).year
    if code is None:
        return None
    is_demo = survey.is_demo
    try:
        value = measure(session, code=code, year=year, now=now, zone=zone, is_demo=is_demo)
    except IndicatorUnknown:
        return None
    language = current_language()
    count = format_integer(value.rate.denominator, language)
    kind = value.known.definition.denominator
    base = translate(language, BASES[kind], year=year, count=count)
    return gettext(SENTENCE, indicator=code, base=base)


SENTENCE = N_("%(indicator)s has a base of its own: %(base)s.")
