"""The public holidays of Türkiye, with their names; half days count from their hour."""

from collections.abc import Mapping
from datetime import date, datetime, time
from functools import lru_cache

# At import, not at the first page that asks: the library loads all its countries at once.
from holidays.countries.turkey import TR

from surveys.building.definition import Text

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


def is_public_holiday(day: date) -> bool:
    """Tell whether `day` is a whole public holiday of Türkiye."""
    return find_holiday(datetime.combine(day, time(9))) is not None


@lru_cache(maxsize=64)
def _names(language: str, category: str, year: int) -> Mapping[str, str]:
    days = TR(years=year, language=LOCALES[language], categories=(category,))
    return {day.isoformat(): str(name) for day, name in days.items()}
