"""Texts that are laid out once and filled for each person."""

import html

import pytest

from surveys.delivery.patterns import Marks
from surveys.delivery.placeholders import Place, PlaceholderEmpty

NAME, LINK = Place("ad"), Place("link")


def test_each_place_gets_its_value_however_often_it_stands() -> None:
    marks = Marks()
    name, link, name_again = marks.put(NAME), marks.put(LINK), marks.put(NAME)

    pattern = marks.read(f"{name}: {link}, {link}; {name_again}")

    assert pattern.fill({"ad": "Işıl", "link": "x"}) == "Işıl: x, x; Işıl"


def test_values_and_fallbacks_are_escaped_but_not_the_text() -> None:
    marks = Marks()
    pattern = marks.read(f"<b>{marks.put(NAME)}</b> {marks.put(Place('program', '<i>'))}")

    filled = pattern.fill({"ad": "O'Brien", "program": ""}, write=html.escape)

    assert filled == "<b>O&#x27;Brien</b> &lt;i&gt;"


def test_a_value_that_looks_like_a_mark_stays_as_it_is() -> None:
    marks = Marks()
    name, link = marks.put(NAME), marks.put(LINK)

    assert marks.read(f"{name} {link}").fill({"ad": link, "link": "x"}) == f"{link} x"


def test_a_mark_of_another_text_is_text() -> None:
    foreign = Marks().put(NAME)

    assert Marks().read(foreign).fill({}) == foreign


def test_an_empty_value_without_fallback_is_refused_by_its_name() -> None:
    marks = Marks()
    pattern = marks.read(marks.put(NAME))

    with pytest.raises(PlaceholderEmpty) as refusal:
        pattern.fill({"ad": ""})

    assert refusal.value.params == {"name": "ad"}
