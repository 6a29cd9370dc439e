"""The curve's geometry: nothing lies outside the drawing, and it ends at the value."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from models import MailingKind
from surveys.rates.curve import Mark, Point
from surveys.web.staff.drawings.curve import (
    LETTER_WIDTH,
    NARROW,
    WIDE,
    Curve,
    Frame,
    draw,
    list_days,
)

FIRST = date(2026, 11, 9)
LAST = date(2026, 12, 31)


def make_curve(**over: Any) -> Curve:
    values: dict[str, Any] = {
        "points": [Point(FIRST, 100), Point(FIRST + timedelta(days=9), 450)],
        "marks": [],
        "base": 3581,
        "target": Decimal(30),
        "first_on": FIRST,
        "last_on": LAST,
        "today": FIRST + timedelta(days=20),
        "decimals": 2,
    }
    return Curve(**{**values, **over})


def corners(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", path)]


@pytest.mark.parametrize("frame", [WIDE, NARROW])
def test_curve_begins_with_nothing_and_ends_at_the_value(frame: Frame) -> None:
    drawing = draw(make_curve(), frame, language="tr")

    points = corners(drawing.path)
    assert points[0] == (frame.left, frame.bottom)
    assert len(points) == 22
    share = (frame.bottom - drawing.now_at[1]) / (frame.bottom - frame.top)
    assert share * float(drawing.top_percent) == pytest.approx(100 * 450 / 3581)
    assert drawing.now is not None
    assert drawing.now.text == "Bugün %12,57"


def test_curve_never_falls() -> None:
    heights = [y for _x, y in corners(draw(make_curve(), WIDE, language="tr").path)]

    assert heights == sorted(heights, reverse=True)


def test_curve_ends_with_the_survey() -> None:
    drawing = draw(make_curve(today=LAST + timedelta(days=3)), WIDE, language="tr")

    assert drawing.now is not None
    assert drawing.now.text == "Kapanışta %12,57"
    assert drawing.now_at[0] == WIDE.right


def test_curve_is_missing_before_the_survey_opens() -> None:
    curve = make_curve(points=[], today=FIRST - timedelta(days=1))

    drawing = draw(curve, WIDE, language="tr")

    assert (drawing.path, drawing.now) == ("", None)


@pytest.mark.parametrize(
    ("target", "count", "top"),
    [
        ("30", 0, "40"),
        ("30", 1432, "50"),
        (None, 36, "1.5"),
        (None, 0, "0.2"),
        ("100", 3581, "100"),
    ],
)
def test_scale_reaches_above_value_and_target(target: str | None, count: int, top: str) -> None:
    wanted = Decimal(target) if target else None

    drawing = draw(make_curve(target=wanted, points=[Point(FIRST, count)]), WIDE, language="tr")

    assert drawing.top_percent == Decimal(top)
    assert len(drawing.grid) <= 7


def test_scale_takes_a_base_of_nobody() -> None:
    drawing = draw(make_curve(base=0, points=[], target=None), WIDE, language="tr")

    assert drawing.target is None
    assert drawing.now is not None


@pytest.mark.parametrize("frame", [WIDE, NARROW])
@pytest.mark.parametrize("language", ["tr", "en"])
def test_labels_stay_inside_and_apart(frame: Frame, language: str) -> None:
    days = [0, 1, 2, 3, 7, 16, 51, 52]
    marks = [
        Mark(FIRST + timedelta(days=day), MailingKind.REMINDER, i, is_planned=day > 20)
        for i, day in enumerate(days)
    ]

    drawing = draw(make_curve(marks=marks), frame, language=language)

    rows: dict[float, float] = {}
    labels = [label for _x, label in drawing.marks if label]
    assert len(labels) >= 4
    for label in labels:
        half = len(label.text) * LETTER_WIDTH / 2
        assert label.x - half >= rows.get(label.y, 0.0)
        assert label.x + half <= frame.width
        rows[label.y] = label.x + half


def test_first_label_is_shown_on_a_phone() -> None:
    marks = [Mark(FIRST, MailingKind.INVITATION, 1, is_planned=False)]

    drawing = draw(make_curve(marks=marks), NARROW, language="en")

    assert [label.text for _x, label in drawing.marks if label] == ["Invitation"]


@pytest.mark.parametrize("frame", [WIDE, NARROW])
@pytest.mark.parametrize("percent", range(1, 40))
def test_target_line_never_runs_through_the_present_share(frame: Frame, percent: int) -> None:
    curve = make_curve(target=Decimal(percent))

    drawing = draw(curve, frame, language="tr")

    assert drawing.now is not None
    assert not drawing.now.y - 10 < drawing.target_y < drawing.now.y + 2


def test_mark_outside_the_axis_is_left_out() -> None:
    marks = [Mark(LAST + timedelta(days=1), MailingKind.REMINDER, 1, is_planned=True)]

    assert draw(make_curve(marks=marks), WIDE, language="tr").marks == []


def test_table_tells_new_and_all_answers_of_a_day() -> None:
    days = list_days([Point(FIRST, 3), Point(LAST, 10)])

    assert days == [(FIRST, 3, 3), (LAST, 7, 10)]
