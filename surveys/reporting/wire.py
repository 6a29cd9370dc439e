"""How values stand in the documents that other systems read: instants, names, shares."""

import re
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from surveys.rates.formulas import Rate

BASE_PATH = "/api/v1"
SURVEY_NAME = re.compile(r"srv_([a-z2-7]{13})")
PLACES = 4
PERCENT = 100

# A document as it is sent: plain dicts, lists, texts, numbers.
Document = dict[str, Any]


def to_instant(value: datetime) -> str:
    """Return an instant in RFC 3339, UTC, whole seconds: `2025-11-22T14:00:00Z`."""
    return value.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def to_share(rate: Rate) -> float | None:
    """Return a rate (0..1) rounded half up to 4 places; None where nobody is counted."""
    value = rate.value(PLACES)
    return None if value is None else float(value)


def to_fraction(percent: Decimal | None) -> float | None:
    """Return a share in percent as a fraction, rounded half up to 6 places."""
    if percent is None:
        return None
    return float((percent / PERCENT).quantize(Decimal("0.000001"), ROUND_HALF_UP))


def survey_name(public_id: str) -> str:
    """Return how a survey is named on the wire."""
    return f"srv_{public_id}"


def read_survey_name(name: str) -> str | None:
    """Return what `survey_name` was made from, or None for what never names a survey."""
    named = SURVEY_NAME.fullmatch(name)
    return None if named is None else named[1]


def survey_path(public_id: str) -> str:
    """Return where a survey is read."""
    return f"{BASE_PATH}/surveys/{survey_name(public_id)}"


def response_rate_path(public_id: str) -> str:
    """Return where a survey's response rate is read."""
    return f"{survey_path(public_id)}/response-rate"


def indicator_path(code: str) -> str:
    """Return where an indicator is read."""
    return f"{BASE_PATH}/indicators/{code}"


def indicator_year_path(code: str, year: int) -> str:
    """Return where one year of an indicator is read."""
    return f"{indicator_path(code)}/years/{year}"
