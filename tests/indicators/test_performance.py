"""The arithmetic of performance, with the vectors of the reference."""

from decimal import Decimal

import pytest

from surveys.indicators.performance import Keep, Performance, measure_performance


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


@pytest.mark.parametrize(
    ("raw", "shown", "counted"), [("150", "150", "100"), ("-50", "0", "0"), ("50", "50", "50")]
)
def test_performance_is_shown_and_counted_within_its_bounds(
    raw: str, shown: str, counted: str
) -> None:
    performance = Performance(raw=Decimal(raw))

    assert performance.shown == Decimal(shown)
    assert performance.counted == Decimal(counted)


@pytest.mark.parametrize(
    ("keep", "ratio"), [(Keep.AT_LEAST, Decimal(120)), (Keep.AT_MOST, Decimal("83.33"))]
)
def test_performance_is_a_ratio_when_the_target_equals_the_start(
    keep: Keep, ratio: Decimal
) -> None:
    ten = Decimal(10)

    found = measure_performance(start=ten, target=ten, value=Decimal(12), keep=keep)

    assert found == Performance(raw=None, ratio=ratio)
    assert (found.shown, found.counted) == (None, None)


@pytest.mark.parametrize(
    ("keep", "level", "value"), [(Keep.AT_LEAST, 0, 12), (Keep.AT_MOST, 10, 0)]
)
def test_performance_is_none_when_the_ratio_has_no_divisor(
    keep: Keep, level: int, value: int
) -> None:
    same = Decimal(level)

    found = measure_performance(start=same, target=same, value=Decimal(value), keep=keep)

    assert found == Performance()


@pytest.mark.parametrize("unknown", ["start", "target", "value"])
def test_performance_is_none_when_something_is_not_known(unknown: str) -> None:
    known: dict[str, Decimal | None] = {
        "start": Decimal(1),
        "target": Decimal(2),
        "value": Decimal(1),
    }

    found = measure_performance(**{**known, unknown: None})  # type: ignore[arg-type] # keys are the names above

    assert found == Performance()
