"""The arithmetic of performance, with the vectors of the reference."""

from decimal import Decimal

import pytest

from surveys.indicators.performance import Performance, measure_performance


@pytest.mark.parametrize(
    ("start", "target", "value", "raw"),
    [
        ("0", "20", "10", "50"),
        ("40", "20", "30", "50"),
        ("10", "20", "25", "150"),
        ("10", "20", "5", "-50"),
        ("4", "15", "9.77", "52.45"),
    ],
)
def test_performance_is_the_way_from_start_to_target(
    start: str, target: str, value: str, raw: str
) -> None:
    found = measure_performance(start=Decimal(start), target=Decimal(target), value=Decimal(value))

    assert found == Performance(raw=Decimal(raw))


@pytest.mark.parametrize(("raw", "shown"), [("150", "150"), ("-50", "0"), ("50", "50")])
def test_performance_is_never_shown_below_zero(raw: str, shown: str) -> None:
    assert Performance(raw=Decimal(raw)).shown == Decimal(shown)


def test_performance_is_a_ratio_when_the_target_equals_the_start() -> None:
    ten = Decimal(10)

    found = measure_performance(start=ten, target=ten, value=Decimal(12))

    assert found == Performance(raw=None, ratio=Decimal(120))
    assert found.shown is None


def test_performance_is_none_when_the_ratio_has_no_divisor() -> None:
    found = measure_performance(start=Decimal(0), target=Decimal(0), value=Decimal(12))

    assert found == Performance()


@pytest.mark.parametrize("unknown", ["start", "target", "value"])
def test_performance_is_none_when_something_is_not_known(unknown: str) -> None:
    known: dict[str, Decimal | None] = {
        "start": Decimal(1),
        "target": Decimal(2),
        "value": Decimal(1),
    }

    found = measure_performance(**{**known, unknown: None})

    assert found == Performance()
