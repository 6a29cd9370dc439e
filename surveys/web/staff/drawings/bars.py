"""Bars: one a choice lying down, one a value standing up, and the three parts of an NPS."""

from collections.abc import Sequence

from surveys.i18n import format_integer, format_percent
from surveys.rates.formulas import Rate
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

BAR_HEIGHT = 18
GAP = 14
COLUMN_TOP, COLUMN_BOTTOM = 24, 170
NPS_HEIGHT = 34


def draw_choices(
    counts: Sequence[tuple[str, int]], *, number: int, sheet: Sheet, language: str
) -> Picture:
    """Return a bar for each (text, people) out of `number`, as long as its share of all."""
    boxes: list[Box] = []
    words: list[Words] = []
    y = 0.0
    for text, count in counts:
        lines, y = write_lines(text, x=0, y=y, width=sheet.width)
        share = Rate(count, number).percent(0)
        length = sheet.plot * count / max(1, number)
        boxes.append(Box(0, y + 4, sheet.plot, BAR_HEIGHT, "base"))
        boxes.append(Box(0, y + 4, length, BAR_HEIGHT, "solid"))
        figure = (
            f"{format_percent(share, language, decimals=0)} · {format_integer(count, language)}"
        )
        words += [*lines, Words(sheet.width, y + 18, figure, anchor="end", is_strong=True)]
        y += BAR_HEIGHT + GAP
    return Picture(sheet.width, y, boxes, words, sheet.is_narrow)


def draw_columns(
    counts: Sequence[tuple[str, int]],
    *,
    sheet: Sheet,
    language: str,
    span: tuple[float, float, float] | None = None,
) -> Picture:
    """Return a column for each (text, people), with its count on top.

    `span`: lower quartile, median and upper quartile as positions counted in columns; they are
    drawn as a box below the columns.
    """
    highest = max((count for _, count in counts), default=0) or 1
    step = sheet.width / max(1, len(counts))
    width = min(56.0, step * 0.8)
    boxes: list[Box] = []
    words: list[Words] = []
    every = -(-max(width_of(text) + 8 for text, _ in counts) // step) if counts else 1
    for index, (text, count) in enumerate(counts):
        middle = step * (index + 0.5)
        height = (COLUMN_BOTTOM - COLUMN_TOP) * count / highest
        boxes.append(Box(middle - width / 2, COLUMN_BOTTOM - height, width, height, "solid"))
        figure = format_integer(count, language)
        if count and width_of(figure) <= step:
            words.append(Words(middle, COLUMN_BOTTOM - height - 6, figure, anchor="middle"))
        if index % every == 0:
            x = min(max(middle, width_of(text) / 2), sheet.width - width_of(text) / 2)
            words.append(Words(x, COLUMN_BOTTOM + 18, text, "mute", "middle"))
    boxes.append(Box(0, COLUMN_BOTTOM, sheet.width, 1, "axis"))
    if span:
        boxes += _span_boxes(span, step)
    return Picture(sheet.width, COLUMN_BOTTOM + (54 if span else 28), boxes, words, sheet.is_narrow)


def _span_boxes(span: tuple[float, float, float], step: float) -> list[Box]:
    low, middle, high = (step * (position + 0.5) for position in span)
    y = COLUMN_BOTTOM + 32
    return [Box(low - 2, y, high - low + 4, 12, "box"), Box(middle - 2, y - 3, 4, 18, "solid")]


def draw_nps(
    parts: Sequence[tuple[str, str, int]], *, number: int, sheet: Sheet, language: str
) -> Picture:
    """Return one bar of the parts (kind, text, people) out of `number`, with a key below."""
    boxes: list[Box] = []
    words: list[Words] = []
    x = 0.0
    for kind, _, count in parts:
        share = Rate(count, number).percent(0)
        width = sheet.width * count / max(1, number)
        boxes.append(Box(x, 0, max(0.0, width - 1), NPS_HEIGHT, kind))
        figure = format_percent(share, language, decimals=0)
        if width >= width_of(figure) + LETTER_WIDTH:
            words.append(Words(x + width / 2, 22, figure, f"on-{kind}", "middle", is_strong=True))
        x += width
    legend = [(kind, f"{text} · {format_integer(count, language)}") for kind, text, count in parts]
    swatches, labels, y = lay_legend(legend, y=NPS_HEIGHT + 12, width=sheet.width)
    return Picture(sheet.width, y, [*boxes, *swatches], [*words, *labels], sheet.is_narrow)
