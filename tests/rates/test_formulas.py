"""The vectors of the outcome rates; AAPOR Standard Definitions."""

from decimal import Decimal
from fractions import Fraction

import pytest

from surveys.rates.formulas import FORMULAS, Counts, Rate, compute_rates, estimate_eligible

SPRING = Counts(250, 40, 60, 30, 0, 600, 20, 5)
WITH_OTHERS = Counts(250, 40, 60, 30, 10, 600, 20, 5)
REGISTER = Counts(420, 35, 25, 20, 0, 3000, 81, 0)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("RR1", ".25"),
        ("RR2", ".29"),
        ("RR3", ".252029"),
        ("RR4", ".292354"),
        ("RR5", ".657895"),
        ("RR6", ".763158"),
        ("COOP1", ".714286"),
        ("COOP4", ".828571"),
        ("REF1", ".06"),
        ("REF2", ".060487"),
        ("REF3", ".157895"),
        ("CON1", ".35"),
        ("CON2", ".352841"),
        ("CON3", ".921053"),
    ],
)
def test_rates_follow_an_estimated_eligible_share(name: str, expected: str) -> None:
    share = estimate_eligible(SPRING)
    assert share is not None

    rate = compute_rates(SPRING, eligible_share=share)[name]

    assert rate.value() == Decimal(expected)


def test_eligible_share_is_that_of_the_known() -> None:
    share = estimate_eligible(SPRING)

    assert share == Fraction(380, 385)
    assert Rate(share.numerator, share.denominator).value() == Decimal(".987013")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("RR1", ".247525"),
        ("RR2", ".287129"),
        ("COOP1", ".694444"),
        ("COOP3", ".714286"),
        ("CON1", ".356436"),
    ],
)
def test_rates_count_others_apart(name: str, expected: str) -> None:
    assert compute_rates(WITH_OTHERS)[name].value() == Decimal(expected)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("RR1", ".117286"),
        ("RR2", ".127059"),
        ("RR5", ".84"),
        ("RR6", ".91"),
        ("REF1", ".006981"),
        ("CON1", ".134041"),
    ],
)
def test_rates_over_a_whole_register(name: str, expected: str) -> None:
    assert compute_rates(REGISTER)[name].value() == Decimal(expected)


def test_register_is_the_denominator_when_everybody_is_eligible() -> None:
    rates = compute_rates(REGISTER)

    assert rates["RR1"] == Rate(420, 3581)
    assert rates["RR1"] == rates["RR3"]
    assert rates["RR2"] == rates["RR4"]


def test_rates_are_none_when_nobody_is_counted() -> None:
    rates = compute_rates(Counts())

    assert {rate.value() for rate in rates.values()} == {None}
    assert estimate_eligible(Counts()) is None


def test_rates_leave_out_those_who_are_not_eligible() -> None:
    rates = compute_rates(Counts(complete=10, not_eligible=90))

    assert rates["RR1"] == Rate(10, 10)


def test_each_rate_has_its_formula() -> None:
    assert list(compute_rates(SPRING)) == list(FORMULAS)


def test_percent_is_rounded_half_up() -> None:
    assert Rate(2675, 100_000).percent(2) == Decimal("2.68")
