"""The curve of answers as plain geometry: where lines and labels stand in a drawing.

Enters: shares by day. Leaves: coordinates and texts for an SVG of one width. Draws nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from models import MailingKind
from surveys.errors import N_
from surveys.i18n import count_decimals, format_date, format_percent, translate
from surveys.rates.curve import Mark, Point
from surveys.web.staff.drawings.plot import DAY, NARROW, WIDE, Curve, Frame, Plot

__all__ = ["NARROW", "WIDE", "Curve", "Drawing", "Frame", "draw", "list_days"]

LETTER_WIDTH = 6.4
LABEL_GAP = 8
ROW_HEIGHT = 15


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
    band: str = ""
    ahead: Label | None = None
    top_percent: Decimal = Decimal(100)


def draw(curve: Curve, frame: Frame, *, language: str) -> Drawing:
    """Return the drawing of `curve` in `frame`."""
    plot = Plot(curve, frame)
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
        band=plot.outline(),
        ahead=_ahead(plot, target_y, language),
        top_percent=plot.top,
    )


def _grid(plot: Plot, language: str) -> Iterator[Label]:
    decimals = count_decimals(plot.step)
    for number in range(int(plot.top / plot.step) + 1):
        percent = plot.step * number
        text = format_percent(percent, language, decimals=decimals)
        yield Label(plot.frame.left - LABEL_GAP, plot.y(percent), text, "end")


def _days(plot: Plot, language: str) -> Iterator[Label]:
    curve, frame = plot.curve, plot.frame
    span = (curve.last_on - curve.first_on).days
    count = min(frame.day_labels, span + 1)
    numbers = {round(span * i / max(1, count - 1)) for i in range(count)}
    for number in sorted(numbers):
        on = curve.first_on + number * DAY
        x = plot.x(on)
        text = format_date(on, language, pattern="d MMM")
        yield Label(_inside(x, text, frame), frame.bottom + 20, text)


def _marks(plot: Plot, language: str) -> Iterator[tuple[float, Label | None]]:
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


def _now(plot: Plot, at: tuple[float, float], language: str) -> Label:
    curve, frame = plot.curve, plot.frame
    share = format_percent(plot.percent_now(), language, decimals=curve.decimals)
    is_running = curve.today <= curve.last_on
    message = N_("Today %(share)s") if is_running else N_("At the end %(share)s")
    text = translate(language, message, share=share)
    x, y = at
    is_left = x > (frame.left + frame.right) / 2
    is_above = is_left or y > frame.bottom - 2 * ROW_HEIGHT
    baseline = _off_target(plot, y - 12 if is_above else y + 22, is_above=is_above)
    return Label(x - 4 if is_left else x + 10, baseline, text, "end" if is_left else "start")


def _off_target(plot: Plot, baseline: float, *, is_above: bool) -> float:
    """Return where a text stands that the target line would else run through.

    A rising curve leaves room above it at its left and below it at its right.
    """
    if plot.curve.target is None:
        return baseline
    line = plot.y(plot.curve.target)
    if not baseline - ROW_HEIGHT < line < baseline + LABEL_GAP:
        return baseline
    return line - LABEL_GAP if is_above else line + ROW_HEIGHT + 3


def _target(plot: Plot, y: float, language: str) -> Label | None:
    curve, frame = plot.curve, plot.frame
    if curve.target is None:
        return None
    share = format_percent(curve.target, language, decimals=count_decimals(curve.target))
    text = translate(language, "Target %(share)s", share=share)
    if frame.is_narrow:
        return Label(frame.right, y - 6, text, "end")
    return Label(frame.right + 6, y + 4, text, "start")


def _ahead(plot: Plot, target_y: float, language: str) -> Label | None:
    """Between what the band ends, beside it; away from the target's label."""
    curve, frame = plot.curve, plot.frame
    if not curve.band:
        return None
    _, low, high = curve.band[-1]
    text = "–".join(format_percent(plot.percent(n), language, decimals=0) for n in (low, high))
    top, bottom = plot.y(plot.percent(high)), plot.y(plot.percent(low))
    y = (top + bottom) / 2 + 4
    if frame.is_narrow:
        return Label(frame.right, bottom + 18, text, "end")
    if curve.target is not None and abs(y - target_y - 4) < ROW_HEIGHT:
        y = target_y + 4 + ROW_HEIGHT * (1 if y >= target_y + 4 else -1)
    return Label(frame.right + 6, y, text, "start")


def _inside(x: float, text: str, frame: Frame) -> float:
    """Return `x`, moved so that a text centred there stays in the drawing."""
    half = len(text) * LETTER_WIDTH / 2
    return min(max(x, half + 2), frame.width - half - 2)


def list_days(points: Sequence[Point]) -> list[tuple[date, int, int]]:
    """Return the days with answers as (day, new on it, all until its end), for the table."""
    before = [Point(date.min, 0), *points]
    return [(new.on, new.count - old.count, new.count) for old, new in pairwise(before)]
