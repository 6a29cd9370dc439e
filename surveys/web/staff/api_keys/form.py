"""What the form for a new key holds: choices out of the roster, and what was typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from models import Alumnus, ApiKeyKind
from surveys.api_keys.scopes import Scope
from surveys.api_keys.wanted import Wanted
from surveys.errors import N_
from surveys.i18n import tr_key
from surveys.indicators.finding import HEADLINE, get_definition, is_demo_only, list_codes
from surveys.web.words import gettext

YEAR = "year"
# How long a key works → days, None for the longest.
SPANS: Mapping[str, int | None] = {YEAR: None, "180": 180, "90": 90, "30": 30, "7": 7}
SPAN_WORDS: Mapping[str, str] = {
    YEAR: N_("12 months"),
    "180": N_("6 months"),
    "90": N_("3 months"),
    "30": N_("30 days"),
    "7": N_("7 days"),
}


@dataclass(frozen=True, kw_only=True)
class Typed:
    """The fields as they stand in the form."""

    name: str = ""
    kind: str = ApiKeyKind.BEARER.value
    scopes: list[str] = field(default_factory=list)
    unit: str = ""
    indicator: str = ""
    networks: str = ""
    valid_for: str = YEAR

    @classmethod
    def read(cls, form: MultiDict[str, str]) -> Self:
        """Return what was sent; an unknown choice counts as the first."""
        kind, span = form.get("kind", ""), form.get("valid_for", "")
        return cls(
            name=form.get("name", ""),
            kind=kind if kind in set(ApiKeyKind) else ApiKeyKind.BEARER.value,
            scopes=[scope.value for scope in Scope if scope.value in form.getlist("scopes")],
            unit=form.get("unit", ""),
            indicator=form.get("indicator", ""),
            networks=form.get("networks", ""),
            valid_for=span if span in SPANS else YEAR,
        )

    def to_wanted(self, session: Session, *, now: datetime) -> Wanted:
        """Return the key that is asked for. Raises IndicatorUnknown."""
        is_demo = is_demo_only(session, code=HEADLINE)
        if self.indicator:
            get_definition(session, code=self.indicator, is_demo=is_demo)
        days = SPANS[self.valid_for]
        return Wanted(
            name=self.name,
            kind=ApiKeyKind(self.kind),
            scopes=[Scope(scope) for scope in self.scopes],
            unit=self.unit or None,
            indicator_code=self.indicator or None,
            networks=self.networks.replace(",", " ").split(),
            is_demo=is_demo,
            expires_at=now + timedelta(days=days) if days else None,
        )


def unit_options(session: Session) -> list[tuple[str, str]]:
    """Return no unit, and each that a graduate belongs to."""
    is_demo = is_demo_only(session, code=HEADLINE)
    units = session.scalars(
        select(Alumnus.unit)
        .where(Alumnus.unit.is_not(None), Alumnus.is_demo.is_(is_demo))
        .distinct()
    )
    known = sorted((unit for unit in units if unit), key=tr_key)
    return [("", gettext("All units")), *((unit, unit) for unit in known)]


def indicator_options(session: Session) -> list[tuple[str, str]]:
    """Return no indicator, and each that is defined."""
    codes = list_codes(session, is_demo=is_demo_only(session, code=HEADLINE))
    return [("", gettext("All indicators")), *((code, code) for code in codes)]


def span_options() -> list[tuple[str, str]]:
    """Return how long a key may work."""
    return [(span, gettext(SPAN_WORDS[span])) for span in SPANS]
