"""Survey outcome rates (AAPOR): head counts by group in, pairs of integers out.

Source: AAPOR Standard Definitions, 2011-2016 editions. Knows no survey and no table: division
happens last, and where nobody is counted there is no rate.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

CERTAIN = Fraction(1)
PLACES = 6


@dataclass(frozen=True)
class Rate:
    """A share as the exact pair of integers that it is."""

    numerator: int
    denominator: int

    def value(self, places: int = PLACES) -> Decimal | None:
        """Return the share (0..1) rounded half up to `places`; None where nobody is counted."""
        return self._divide(1, places)

    def percent(self, places: int) -> Decimal | None:
        """Return the share in percent (0..100) rounded half up; None where nobody is counted."""
        return self._divide(100, places)

    def _divide(self, scale: int, places: int) -> Decimal | None:
        if self.denominator == 0:
            return None
        exact = Decimal(self.numerator * scale) / Decimal(self.denominator)
        return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


@dataclass(frozen=True)
class Counts:
    """Cases by group of outcome, integers >= 0.

    Complete (I), partial (P), refused (R), not reached (NC), other (O), unknown whether they
    exist (UH), unknown otherwise (UO), not eligible (NE; in no denominator).
    """

    complete: int = 0
    partial: int = 0
    refused: int = 0
    not_reached: int = 0
    other: int = 0
    unknown_existence: int = 0
    unknown_other: int = 0
    not_eligible: int = 0

    @property
    def interviewed(self) -> int:
        """I + P."""
        return self.complete + self.partial

    @property
    def contacted(self) -> int:
        """I + P + R + O."""
        return self.interviewed + self.refused + self.other

    @property
    def known(self) -> int:
        """D5: all whose eligibility is known."""
        return self.contacted + self.not_reached

    @property
    def unknown(self) -> int:
        """UH + UO."""
        return self.unknown_existence + self.unknown_other


FORMULAS: Mapping[str, str] = {
    "RR1": "I / (I+P+R+NC+O+UH+UO)",
    "RR2": "(I+P) / (I+P+R+NC+O+UH+UO)",
    "RR3": "I / (I+P+R+NC+O+e(UH+UO))",
    "RR4": "(I+P) / (I+P+R+NC+O+e(UH+UO))",
    "RR5": "I / (I+P+R+NC+O)",
    "RR6": "(I+P) / (I+P+R+NC+O)",
    "COOP1": "I / (I+P+R+O)",
    "COOP2": "(I+P) / (I+P+R+O)",
    "COOP3": "I / (I+P+R)",
    "COOP4": "(I+P) / (I+P+R)",
    "REF1": "R / (I+P+R+NC+O+UH+UO)",
    "REF2": "R / (I+P+R+NC+O+e(UH+UO))",
    "REF3": "R / (I+P+R+NC+O)",
    "CON1": "(I+P+R+O) / (I+P+R+NC+O+UH+UO)",
    "CON2": "(I+P+R+O) / (I+P+R+NC+O+e(UH+UO))",
    "CON3": "(I+P+R+O) / (I+P+R+NC+O)",
}


def estimate_eligible(counts: Counts) -> Fraction | None:
    """Return e, the eligible share of the unknown, as it is among the known: D5 / (D5+NE)."""
    base = counts.known + counts.not_eligible
    return Fraction(counts.known, base) if base else None


def compute_rates(counts: Counts, *, eligible_share: Fraction = CERTAIN) -> dict[str, Rate]:
    """Return every named rate, in the order and by the formulas of FORMULAS.

    `eligible_share` is e. It is 1 where eligibility comes from the student register; then RR1 and
    RR3 are the same. De = D5 + e(UH+UO) is brought to whole numbers by the denominator of e.
    """
    minimal = counts.known + counts.unknown
    scale = eligible_share.denominator
    estimated = counts.known * scale + counts.unknown * eligible_share.numerator
    narrow = counts.contacted - counts.other
    return {
        "RR1": Rate(counts.complete, minimal),
        "RR2": Rate(counts.interviewed, minimal),
        "RR3": Rate(counts.complete * scale, estimated),
        "RR4": Rate(counts.interviewed * scale, estimated),
        "RR5": Rate(counts.complete, counts.known),
        "RR6": Rate(counts.interviewed, counts.known),
        "COOP1": Rate(counts.complete, counts.contacted),
        "COOP2": Rate(counts.interviewed, counts.contacted),
        "COOP3": Rate(counts.complete, narrow),
        "COOP4": Rate(counts.interviewed, narrow),
        "REF1": Rate(counts.refused, minimal),
        "REF2": Rate(counts.refused * scale, estimated),
        "REF3": Rate(counts.refused, counts.known),
        "CON1": Rate(counts.contacted, minimal),
        "CON2": Rate(counts.contacted * scale, estimated),
        "CON3": Rate(counts.contacted, counts.known),
    }
