"""The forecast: the reference's vectors, what it recovers, and when it keeps silent."""

from random import Random

import pytest

from surveys.rates.forecast import (
    Edge,
    Fit,
    Wave,
    fit_answers,
    forecast,
    is_too_early,
    reach,
)

WAVES = [Wave(0), Wave(7, rank=1), Wave(14, rank=2)]


def answers_until(day: int, *, total: int = 300, speed: float = 0.35) -> list[tuple[float, int]]:
    """Answers to one mailing as the model expects them, hour by hour."""
    fit, hours = Fit(total, speed), range(1, day * 24 + 1)
    sums = [round(reach(fit, WAVES, hour / 24)) for hour in range(day * 24 + 1)]
    return [(hour / 24, sums[hour] - sums[hour - 1]) for hour in hours]


def look_ahead(day: int, *, reachable: int = 3_581, seed: int = 1) -> list[Edge]:
    return forecast(
        answers_until(day),
        WAVES,
        day=day,
        last_day=38,
        reachable=reachable,
        generator=Random(seed),
    )


@pytest.mark.parametrize(
    ("day", "count"), [(0, 0), (3, 195.02), (7, 274.11), (14, 462.23), (21, 577.15)]
)
def test_model_gives_the_vectors_of_the_reference(day: float, count: float) -> None:
    assert reach(Fit(300, 0.35), WAVES, day) == pytest.approx(count, abs=0.005)


@pytest.mark.parametrize("speed", [0.05, 0.06, 0.35, 1.17, 2.0])
def test_fit_recovers_a_curve_of_the_model(speed: float) -> None:
    days = [0.5, 1, 2, 4, 6, 8, 10, 15, 20]
    counts = [reach(Fit(300, speed), WAVES, day) for day in days]

    fit = fit_answers(days, counts, WAVES)

    assert fit.speed == pytest.approx(speed)
    assert fit.total == pytest.approx(300)


def test_fit_of_no_answers_expects_none() -> None:
    assert fit_answers([1, 2], [0, 0], WAVES).total == 0


@pytest.mark.parametrize(("day", "low", "high"), [(3, 239, 442), (5, 272, 336)])
def test_fit_spreads_as_the_reference_simulated(day: int, low: int, high: int) -> None:
    generator, hours = Random(7), [hour / 24 for hour in range(1, day * 24 + 1)]

    totals = []
    for _number in range(150):
        times = [generator.expovariate(0.35) for _ in range(300)]
        counts = [sum(time <= hour for time in times) for hour in hours]
        totals.append(fit_answers(hours, counts, [Wave(0)]).total)

    totals.sort()
    assert totals[7] == pytest.approx(low, rel=0.1)
    assert totals[142] == pytest.approx(high, rel=0.2)


@pytest.mark.parametrize(
    ("day", "count", "is_early"), [(2.99, 500, True), (3, 20, False), (9, 19, True)]
)
def test_forecast_waits_for_three_days_and_twenty_answers(
    day: float, count: int, *, is_early: bool
) -> None:
    band = forecast([(0.5, count)], WAVES, day=day, last_day=38, reachable=900, generator=Random(1))

    assert is_too_early(day=day, count=count) == is_early
    assert (band == []) == is_early


def test_forecast_begins_at_today_and_holds_the_truth() -> None:
    band = look_ahead(10)

    now = round(reach(Fit(300, 0.35), WAVES, 10))
    truth = reach(Fit(300, 0.35), WAVES, 38)
    assert (band[0].day, band[-1].day) == (10, 38)
    assert band[0].low == pytest.approx(now, abs=1)
    assert band[0].high == pytest.approx(now, abs=1)
    assert band[-1].low < truth < band[-1].high


def test_forecast_never_falls_and_never_turns() -> None:
    band = look_ahead(5)

    assert all(edge.low <= edge.high for edge in band)
    assert [edge.low for edge in band] == sorted(edge.low for edge in band)
    assert [edge.high for edge in band] == sorted(edge.high for edge in band)


def test_forecast_narrows_with_time() -> None:
    early, late = look_ahead(4)[-1], look_ahead(30)[-1]

    assert late.high - late.low < (early.high - early.low) / 3


def test_forecast_counts_only_the_reminders_it_is_told() -> None:
    answers = answers_until(6)
    without = forecast(answers, WAVES[:1], day=6, last_day=38, reachable=3_581, generator=Random(1))

    assert without[-1].high < look_ahead(6)[-1].low


def test_forecast_is_capped_at_the_reachable_cases() -> None:
    assert look_ahead(10, reachable=420)[-1].high == 420


def test_forecast_keeps_what_came_even_if_more_than_were_thought_reachable() -> None:
    assert look_ahead(10, reachable=5)[-1].low == sum(n for _, n in answers_until(10))


def test_forecast_repeats_with_the_same_seed() -> None:
    assert look_ahead(10, seed=4) == look_ahead(10, seed=4)


def test_forecast_says_nothing_after_the_end_or_without_a_mailing() -> None:
    answers = answers_until(10)

    late = forecast(answers, WAVES, day=38, last_day=38, reachable=900, generator=Random(1))
    alone = forecast(answers, [], day=10, last_day=38, reachable=900, generator=Random(1))

    assert late == alone == []


def test_band_is_wide_enough_to_be_honest_on_chance_histories() -> None:
    generator, hits = Random(11), 0
    for _number in range(40):
        times = sorted(
            wave.day + generator.expovariate(0.35)
            for wave in WAVES
            for _ in range(round(300 * 0.6**wave.rank))
        )
        seen = [(time, 1) for time in times if time <= 10]
        band = forecast(seen, WAVES, day=10, last_day=38, reachable=3_581, generator=generator)
        hits += band[-1].low <= sum(time <= 38 for time in times) <= band[-1].high

    assert hits >= 32
