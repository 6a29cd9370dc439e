"""What holds for a survey as a whole ↔ the fields of its form."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Indicator, Survey
from surveys.indicators.finding import HEADLINE
from surveys.web.staff.builder.question_fields import Fields, first, read_text, write_text

PLAIN = ("indicator", "year", "confidentiality", "timezone", "opens_at", "closes_at")
ZONES = ("Europe/Istanbul", "Asia/Nicosia", "Europe/London", "Europe/Berlin", "UTC")


def write_settings(document: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the fields that show what a draft's document says of the survey itself."""
    fields = {key: [str(document.get(key) or "")] for key in PLAIN}
    fields["languages"] = list(document.get("languages") or [])
    return {
        **fields,
        **write_text("title", document.get("title")),
        **write_text("purpose", document.get("purpose")),
    }


def read_settings(fields: Fields) -> dict[str, object]:
    """Return the keys of the definition format that the form holds."""
    texts = {key: read_text(fields, key) for key in ("title", "purpose")}
    plain = {key: first(fields, key) for key in PLAIN if key in fields}
    return {**texts, **plain, "languages": list(fields.get("languages", ()))}


def list_zones(current: str) -> list[tuple[str, str]]:
    """Return the time zones to choose from: the usual ones and the survey's own."""
    return [(zone, zone) for zone in dict.fromkeys([*ZONES, *([current] if current else [])])]


def list_indicators(session: Session, survey: Survey) -> list[tuple[str, str]]:
    """Return the codes of the indicators in which a survey can be counted."""
    known = session.scalars(select(Indicator.code).where(Indicator.is_demo.is_(survey.is_demo)))
    own = [survey.indicator_code] if survey.indicator_code else []
    return [(code, code) for code in sorted({HEADLINE, *known, *own})]
