"""Scales side by side: what speaks against at the left of the middle, what speaks for at its right.

The neutral point lies across the middle, half on each side. Nothing is written on the axis, which
shows as ticks at the bars alone; the share of the highest points stands at the right.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from surveys.i18n import format_integer, format_percent
from surveys.rates.formulas import Rate
from surveys.rates.summaries import Points
from surveys.web.staff.drawings.shapes import (
    LETTER_WIDTH,
    Box,
    Picture,
    Sheet,
    Words,
    lay_legend,
    width_of,
    write_lines,
)

BAR_HEIGHT = 24
GAP = 16
TICK = 4
HEAD = 20


@dataclass(frozen=True)
class Ends:
    """What the lowest and the highest point of the scale mean."""

    low: str
    high: str


def kinds_of(count: int) -> list[str]:
    """Return how each of `count` points, from low to high, is coloured."""
    half, has_middle = divmod(count, 2)
    against = ["against-most", *["against"] * (half - 1)]
    over = [*["for"] * (half - 1), "for-most"]
    return [*against, *(["neutral"] if has_middle else []), *over]


def draw_likert(
    items: Sequence[tuple[str, Points]], *, ends: Ends, sheet: Sheet, language: str
) -> Picture:
    """Return a bar for each (text, answers); all have the same points and some answers."""
    kinds = kinds_of(len(items[0][1].counts))
    scale = _scale(items, kinds, sheet)
    boxes: list[Box] = []
    top = items[0][1].counts[-items[0][1].top_points :]
    named = "–".join(dict.fromkeys(str(point) for point, _ in (top[0], top[-1])))
    words = [Words(sheet.width, 13, named, "mute", "end")]
    y = float(HEAD)
    for text, points in items:
        lines, y = write_lines(text, x=0, y=y, width=sheet.plot)
        bar, figures = _lay_bar(points, kinds, y + 6, scale, sheet, language)
        share = format_percent(points.top.percent(0), language, decimals=0)
        boxes += bar
        words += [*lines, *figures, Words(sheet.width, y + 23, share, anchor="end", is_strong=True)]
        y += BAR_HEIGHT + GAP
    named_points = _name_points(items[0][1], kinds, ends, language)
    swatches, labels, y = lay_legend(named_points, y=y, width=sheet.width)
    return Picture(sheet.width, y, [*boxes, *swatches], [*words, *labels], sheet.is_narrow)


def _shares(points: Points) -> list[float]:
    return [count / max(1, points.number) for _, count in points.counts]


def _left_of_middle(shares: Sequence[float], kinds: Sequence[str]) -> float:
    """Return how much of a bar lies left of the middle: what is against, and half the neutral."""
    parts = {"against-most": 1.0, "against": 1.0, "neutral": 0.5}
    return sum(share * parts.get(kind, 0.0) for share, kind in zip(shares, kinds, strict=True))


def _scale(items: Sequence[tuple[str, Points]], kinds: Sequence[str], sheet: Sheet) -> float:
    lefts = [_left_of_middle(_shares(points), kinds) for _, points in items]
    longest = max(max(left, 1 - left) for left in lefts)
    return sheet.plot / 2 / longest


def _lay_bar(
    points: Points, kinds: Sequence[str], y: float, scale: float, sheet: Sheet, language: str
) -> tuple[list[Box], list[Words]]:
    shares, middle = _shares(points), sheet.plot / 2
    x = middle - _left_of_middle(shares, kinds) * scale
    boxes = [
        Box(middle, y - TICK, 1, TICK - 1, "axis"),
        Box(middle, y + BAR_HEIGHT + 1, 1, TICK - 1, "axis"),
    ]
    words: list[Words] = []
    for share, kind, (_, count) in zip(shares, kinds, points.counts, strict=True):
        width = share * scale
        boxes.append(Box(x, y, max(0.0, width - 1), BAR_HEIGHT, kind))
        rounded = Rate(count, points.number).percent(0)
        figure = format_integer(int(rounded or 0), language)
        if width >= width_of(figure) + LETTER_WIDTH:
            words.append(Words(x + width / 2, y + 17, figure, f"on-{kind}", "middle"))
        x += width
    return boxes, words


def _name_points(
    points: Points, kinds: Sequence[str], ends: Ends, language: str
) -> list[tuple[str, str]]:
    names = [format_integer(point, language) for point, _ in points.counts]
    names[0] = f"{names[0]} {ends.low}"
    names[-1] = f"{names[-1]} {ends.high}"
    return list(zip(kinds, names, strict=True))
