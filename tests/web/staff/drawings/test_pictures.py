"""Pictures of answers: everything lies inside, shares are true, hostile texts stay texts."""

import pytest
from flask import Flask
from jinja2 import Environment

from surveys.rates.summaries import Points
from surveys.web.staff.drawings.bars import draw_choices, draw_columns, draw_nps
from surveys.web.staff.drawings.likert import Ends, draw_likert, kinds_of
from surveys.web.staff.drawings.shapes import (
    FILLS,
    NARROW,
    SHEETS,
    WIDE,
    Picture,
    Sheet,
    lay_legend,
    width_of,
    wrap,
)

HOSTILE = """<script>alert("x")</script> & 'y' onload="z" """ + "ğ" * 300


def points(*counts: int) -> Points:
    return Points(list(enumerate(counts, start=1)))


def all_pictures(sheet: Sheet, text: str) -> list[Picture]:
    return [
        draw_choices([(text, 3), ("B", 0)], number=3, sheet=sheet, language="tr"),
        draw_columns([(str(n), n) for n in range(24)], sheet=sheet, language="tr", span=(1, 2, 20)),
        draw_nps(
            [("neutral", text, 9), ("for-most", text, 0)], number=9, sheet=sheet, language="tr"
        ),
        draw_likert(
            [(text, points(1, 2, 3, 4, 5)), ("B", points(9, 0, 0, 0, 0))],
            ends=Ends(text, "çok"),
            sheet=sheet,
            language="tr",
        ),
    ]


@pytest.mark.parametrize("sheet", SHEETS)
@pytest.mark.parametrize("text", ["Kısa", "uzunca bir seçenek metni " * 12, HOSTILE])
def test_pictures_hold_all_they_draw(sheet: Sheet, text: str) -> None:
    for drawing in all_pictures(sheet, text):
        for box in drawing.boxes:
            assert -0.01 <= box.x <= box.x + box.width <= drawing.width + 0.01
            assert 0 <= box.y <= box.y + box.height <= drawing.height + 0.01
            assert box.fill
        for word in drawing.words:
            reach = {"start": (0, 1), "middle": (0.5, 0.5), "end": (1, 0)}[word.anchor]
            assert word.x - width_of(word.text) * reach[0] >= -8
            assert word.x + width_of(word.text) * reach[1] <= drawing.width + 8
            assert 0 < word.y <= drawing.height


def test_neutral_answers_lie_across_the_middle() -> None:
    drawing = draw_likert(
        [("A", points(10, 20, 40, 20, 10))], ends=Ends("", ""), sheet=WIDE, language="tr"
    )

    neutral = next(box for box in drawing.boxes if box.kind == "neutral" and box.height > 20)
    assert neutral.x + (neutral.width + 1) / 2 == pytest.approx(WIDE.plot / 2)


def test_nothing_is_written_on_the_axis_but_the_neutral_share() -> None:
    items = [(name, points(1, 1, 30, 1, 1)) for name in ("Mesleki bilgi", "Yabancı dil")]

    drawing = draw_likert(items, ends=Ends("az", "çok"), sheet=NARROW, language="tr")

    ticks = [box for box in drawing.boxes if box.kind == "axis"]
    labels = [word for word in drawing.words if word.kind == "label" and word.anchor == "start"]
    assert len(ticks) == 4
    for tick in ticks:
        assert not any(label.y - 12 < tick.y + tick.height and tick.y < label.y for label in labels)


@pytest.mark.parametrize("count", range(2, 12))
def test_every_point_of_a_scale_has_a_colour(count: int) -> None:
    kinds = kinds_of(count)

    assert len(kinds) == count
    assert ("neutral" in kinds) == (count % 2 == 1)
    assert {f"on-{kind}" for kind in kinds} <= FILLS.keys()


def test_top_share_is_rounded_once() -> None:
    drawing = draw_choices([("Hayır", 569)], number=856, sheet=WIDE, language="tr")

    assert "%66 · 569" in [word.text for word in drawing.words]


def test_nps_parts_fill_the_whole_bar() -> None:
    parts = [("against-most", "a", 26), ("neutral", "b", 27), ("for-most", "c", 47)]

    drawing = draw_nps(parts, number=100, sheet=WIDE, language="tr")

    widths = [box.width + 1 for box in drawing.boxes if box.height > 20]
    assert sum(widths) == pytest.approx(WIDE.width)
    assert [word.text for word in drawing.words[:3]] == ["%26", "%27", "%47"]


def test_long_words_are_cut_to_the_line() -> None:
    assert all(width_of(line) <= 66.1 for line in wrap("kısa " + "a" * 70, 66))


def test_legend_goes_on_in_a_new_row() -> None:
    boxes, _, bottom = lay_legend([("for", "uzunca bir metin")] * 4, y=0, width=200)

    assert len({box.y for box in boxes}) > 1
    assert bottom > max(box.y for box in boxes)


def test_hostile_texts_are_escaped(app: Flask) -> None:
    environment: Environment = app.jinja_env
    template = environment.from_string(
        '{% from "staff/drawings/picture.html" import pictures %}'
        "{{ pictures(drawings, 'q-1', title, title) }}"
    )
    drawings = [
        draw_choices([(HOSTILE, 1)], number=1, sheet=sheet, language="tr") for sheet in SHEETS
    ]

    svg = template.render(drawings=drawings, title=HOSTILE)

    assert "<script" not in svg
    assert 'onload="' not in svg
    assert svg.count("<title") == svg.count("<desc") == 2
    assert "&lt;script&gt;" in svg
