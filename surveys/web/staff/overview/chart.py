"""The curve of answers as plain geometry: where lines and labels stand in a drawing.

Enters: shares by day. Leaves: coordinates and texts for an SVG of one width. Draws nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from itertools import pairwise

from models import MailingKind
from surveys.errors import N_
from surveys.i18n import count_decimals, format_date, format_percent, translate
from surveys.rates.curve import Mark, Point

DAY = timedelta(days=1)
STEPS = [Decimal(step) for step in ("0.1", "0.2", "0.5", "1", "2", "5", "10", "20", "25")]
MOST_STEPS = 5
HEADROOM = Decimal("1.1")
WHOLE = Decimal(100)
LETTER_WIDTH = 6.4
LABEL_GAP = 8
ROW_HEIGHT = 15


@dataclass(frozen=True)
class Curve:
    """What is drawn: people by day out of `base`, the target in percent, the days on the axis."""

    points: Sequence[Point]
    marks: Sequence[Mark]
    base: int
    target: Decimal | None
    first_on: date
    last_on: date
    today: date
    decimals: int


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


@dataclass(frozen=True)
class Label:
    """A text at a place; `anchor` as in SVG."""

    x: float
    y: float
    text: str
    anchor: str = "middle"


@dataclass(frozen=True)
class Drawing:
    """Everything in it, ready to be written as SVG."""

    frame: Frame
    grid: list[Label]
    days: list[Label]
    marks: list[tuple[float, Label | None]]
    path: str
    now: Label | None
    now_at: tuple[float, float]
    target: Label | None
    target_y: float
    top_percent: Decimal = field(default=WHOLE)


def draw(curve: Curve, frame: Frame, *, language: str) -> Drawing:
    """Return the drawing of `curve` in `frame`."""
    plot = _Plot(curve, frame)
    track = list(plot.track())
    now_at = track[-1] if track else (0.0, 0.0)
    target_y = plot.y(curve.target) if curve.target is not None else 0.0
    return Drawing(
        frame=frame,
        grid=list(_grid(plot, language)),
        days=list(_days(plot, language)),
        marks=list(_marks(plot, language)),
        path=" ".join(f"{'L' if i else 'M'}{x:.1f} {y:.1f}" for i, (x, y) in enumerate(track)),
        now=_now(plot, now_at, language) if track else None,
        now_at=now_at,
        target=_target(plot, target_y, language),
        target_y=target_y,
        top_percent=plot.top,
    )


class _Plot:
    """The scales of one drawing."""

    def __init__(self, curve: Curve, frame: Frame) -> None:
        self.curve = curve
        self.frame = frame
        highest = max(curve.target or Decimal(0), self.percent_now(), STEPS[0])
        reach = min(WHOLE, highest * HEADROOM)
        self.step = next((s for s in STEPS if reach / s <= MOST_STEPS), STEPS[-1])
        self.top = (reach / self.step).to_integral_value(ROUND_CEILING) * self.step

    def percent(self, count: int) -> Decimal:
        return WHOLE * count / self.curve.base if self.curve.base else Decimal(0)

    def percent_now(self) -> Decimal:
        return self.percent(self.curve.points[-1].count if self.curve.points else 0)

    def x(self, on: date, *, is_end: bool = False) -> float:
        """Return where a day begins, or where it ends."""
        curve, frame = self.curve, self.frame
        days = (curve.last_on - curve.first_on).days + 1
        passed = (on - curve.first_on).days + is_end
        return frame.left + (frame.right - frame.left) * min(1.0, max(0.0, passed / days))

    def y(self, percent: Decimal) -> float:
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
            yield self.x(on, is_end=True), self.y(self.percent(count))


def _grid(plot: _Plot, language: str) -> Iterator[Label]:
    decimals = count_decimals(plot.step)
    for number in range(int(plot.top / plot.step) + 1):
        percent = plot.step * number
        text = format_percent(percent, language, decimals=decimals)
        yield Label(plot.frame.left - LABEL_GAP, plot.y(percent), text, "end")


def _days(plot: _Plot, language: str) -> Iterator[Label]:
    curve, frame = plot.curve, plot.frame
    span = (curve.last_on - curve.first_on).days
    count = min(frame.day_labels, span + 1)
    numbers = {round(span * i / max(1, count - 1)) for i in range(count)}
    for number in sorted(numbers):
        on = curve.first_on + number * DAY
        x = plot.x(on)
        text = format_date(on, language, pattern="d MMM")
        yield Label(_inside(x, text, frame), frame.bottom + 20, text)


def _marks(plot: _Plot, language: str) -> Iterator[tuple[float, Label | None]]:
    """Labels stand in two rows above; where both are taken, the line stays without one."""
    ends = [float(-LABEL_GAP)] * 2
    for mark in plot.curve.marks:
        if not plot.curve.first_on <= mark.on <= plot.curve.last_on:
            continue
        x, text = plot.x(mark.on), _mark_text(mark, plot.frame, language)
        half = len(text) * LETTER_WIDTH / 2
        middle = _inside(x, text, plot.frame)
        row = next((i for i, end in enumerate(ends) if middle - half >= end + LABEL_GAP), None)
        if row is None:
            yield x, None
            continue
        ends[row] = middle + half
        yield x, Label(middle, plot.frame.top - 10 - row * ROW_HEIGHT, text)


def _mark_text(mark: Mark, frame: Frame, language: str) -> str:
    if mark.kind is MailingKind.INVITATION:
        text = translate(language, "Invitation")
    elif frame.is_narrow:
        return f"{mark.number}."
    else:
        text = translate(language, "Reminder %(number)s", number=mark.number)
    if mark.is_planned and not frame.is_narrow:
        return translate(language, "%(mailing)s (planned)", mailing=text)
    return text


def _now(plot: _Plot, at: tuple[float, float], language: str) -> Label:
    curve, frame = plot.curve, plot.frame
    share = format_percent(plot.percent_now(), language, decimals=curve.decimals)
    is_running = curve.today <= curve.last_on
    message = N_("Today %(share)s") if is_running else N_("At the end %(share)s")
    text = translate(language, message, share=share)
    x, y = at
    is_left = x > (frame.left + frame.right) / 2
    is_low = y > frame.bottom - 2 * ROW_HEIGHT
    below = y - 12 if is_low else y + 22
    return Label(x - 4 if is_left else x + 10, below, text, "end" if is_left else "start")


def _target(plot: _Plot, y: float, language: str) -> Label | None:
    curve, frame = plot.curve, plot.frame
    if curve.target is None:
        return None
    share = format_percent(curve.target, language, decimals=count_decimals(curve.target))
    text = translate(language, "Target %(share)s", share=share)
    if frame.is_narrow:
        return Label(frame.right, y - 6, text, "end")
    return Label(frame.right + 6, y + 4, text, "start")


def _inside(x: float, text: str, frame: Frame) -> float:
    """Return `x`, moved so that a text centred there stays in the drawing."""
    half = len(text) * LETTER_WIDTH / 2
    return min(max(x, half + 2), frame.width - half - 2)


def list_days(points: Sequence[Point]) -> list[tuple[date, int, int]]:
    """Return the days with answers as (day, new on it, all until its end), for the table."""
    before = [Point(date.min, 0), *points]
    return [(new.on, new.count - old.count, new.count) for old, new in pairwise(before)]
