"""A curve's scales: where days and shares stand in a drawing of one width. Draws nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal

from surveys.rates.curve import Mark, Point

DAY = timedelta(days=1)
STEPS = [Decimal(step) for step in ("0.1", "0.2", "0.5", "1", "2", "5", "10", "20", "25")]
MOST_STEPS = 5
HEADROOM = Decimal("1.1")
WHOLE = Decimal(100)


@dataclass(frozen=True)
class Curve:
    """What is drawn: people by day out of `base`, the target in percent, the days on the axis.

    `day_part`: how much of `today` is over. `band`: (days since `first_on` began, fewest, most).
    """

    points: Sequence[Point]
    marks: Sequence[Mark]
    base: int
    target: Decimal | None
    first_on: date
    last_on: date
    today: date
    decimals: int
    day_part: float = 1.0
    band: Sequence[tuple[float, float, float]] = ()


@dataclass(frozen=True)
class Frame:
    """The drawing's size and margins in its own units; `is_narrow` asks for short labels."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    is_narrow: bool
    day_labels: int


WIDE = Frame(720, 330, 52, 628, 46, 296, is_narrow=False, day_labels=6)
NARROW = Frame(360, 300, 44, 348, 46, 266, is_narrow=True, day_labels=3)


class Plot:
    """The scales of one drawing."""

    def __init__(self, curve: Curve, frame: Frame) -> None:
        self.curve = curve
        self.frame = frame
        most = max((self.percent(high) for _, _, high in curve.band), default=Decimal(0))
        highest = max(curve.target or Decimal(0), self.percent_now(), most, STEPS[0])
        reach = min(WHOLE, highest * HEADROOM)
        self.step = next((s for s in STEPS if reach / s <= MOST_STEPS), STEPS[-1])
        self.top = (reach / self.step).to_integral_value(ROUND_CEILING) * self.step

    def percent(self, count: float) -> Decimal:
        """Return the share of `count` people in percent; of nobody it is 0."""
        return WHOLE * Decimal(count) / self.curve.base if self.curve.base else Decimal(0)

    def percent_now(self) -> Decimal:
        """Return the share at the last point."""
        return self.percent(self.curve.points[-1].count if self.curve.points else 0)

    def x(self, on: date, *, part: float = 0.0) -> float:
        """Return where a day begins, or where a part of it is over."""
        return self.at((on - self.curve.first_on).days + part)

    def at(self, days: float) -> float:
        """Return where so many days have passed since the axis begins."""
        curve, frame = self.curve, self.frame
        passed = days / ((curve.last_on - curve.first_on).days + 1)
        return frame.left + (frame.right - frame.left) * min(1.0, max(0.0, passed))

    def outline(self) -> str:
        """Return the path around the band."""
        there = [(self.at(day), self.y(self.percent(high))) for day, _, high in self.curve.band]
        back = [(self.at(day), self.y(self.percent(low))) for day, low, _ in self.curve.band]
        corners = [*there, *reversed(back)]
        path = " ".join(f"{'L' if i else 'M'}{x:.1f} {y:.1f}" for i, (x, y) in enumerate(corners))
        return f"{path} Z" if path else ""

    def y(self, percent: Decimal) -> float:
        """Return the height of a share."""
        frame = self.frame
        return frame.bottom - float(percent / self.top) * (frame.bottom - frame.top)

    def track(self) -> Iterator[tuple[float, float]]:
        """Yield the curve's corners: nothing at the start, then the share at each day's end."""
        curve = self.curve
        until = min(curve.today, curve.last_on)
        if until < curve.first_on:
            return
        counts = {point.on: point.count for point in curve.points}
        yield self.x(curve.first_on), self.y(Decimal(0))
        count = 0
        for number in range((until - curve.first_on).days + 1):
            on = curve.first_on + number * DAY
            count = counts.get(on, count)
            part = curve.day_part if on == curve.today else 1.0
            yield self.x(on, part=part), self.y(self.percent(count))
