"""The public holidays of Türkiye, with their names; half days count from their hour."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

import holidays

from surveys.building.definition import Text

COUNTRY = "TR"
# Our languages → those of the library.
LOCALES = {"tr": "tr", "en": "en_US"}
# The eve of a feast and of the Republic's day: offices close then.
HALF_DAY_FROM_HOUR = 13


def find_holiday(local: datetime) -> Text | None:
    """Return the name by language of the public holiday at a local time, or None."""
    for category in ("public", "half_day") if local.hour >= HALF_DAY_FROM_HOUR else ("public",):
        names = {
            language: name
            for language in LOCALES
            if (name := _names(language, category, local.year).get(local.date().isoformat()))
        }
        if names:
            return names
    return None


@lru_cache(maxsize=64)
def _names(language: str, category: str, year: int) -> Mapping[str, str]:
    days = holidays.country_holidays(
        COUNTRY, years=year, language=LOCALES[language], categories=(category,)
    )
    return {day.isoformat(): str(name) for day, name in days.items()}
