"""The places in subjects and texts: what is known, what is refused, what is filled in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.delivery.placeholders import (
    PLACEHOLDERS,
    Person,
    Place,
    PlaceholderEmpty,
    fill,
    find_empty,
    find_faults,
    values_of,
)

VALUES = dict.fromkeys(PLACEHOLDERS, "x") | {"ad": "Ayşe", "soyad": "O'Brien", "program": ""}


def put(place: Place) -> str:
    """Put what VALUES has."""
    return place.read(VALUES)


def test_fill_puts_values_and_fallbacks_in_place() -> None:
    text = "Sayın {ad} {soyad}, {program|bölümünüz} mezunu"

    assert fill(text, put) == "Sayın Ayşe O'Brien, bölümünüz mezunu"


def test_fill_prefers_the_value_to_the_fallback() -> None:
    assert fill("{ad|Mezunumuz}", put) == "Ayşe"


def test_fill_reads_no_value_again() -> None:
    values = VALUES | {"ad": "{soyad} {{7*7}} \\g<0> $&"}

    assert fill("{ad}!", lambda place: place.read(values)) == "{soyad} {{7*7}} \\g<0> $&!"


def test_fill_refuses_an_empty_value_without_fallback() -> None:
    with pytest.raises(PlaceholderEmpty) as refusal:
        fill("{program} mezunu", put)

    assert refusal.value.params == {"name": "program"}


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("{ad}, {ad_soyad|Mezunumuz}", []),
        ("{isim} ve {ad}", ["{isim}"]),
        ("{ad|}", ["{ad|}"]),
        ("{ ad }", ["{ ad }"]),
        ("{AD}", ["{AD}"]),
        ("%7 {{ 7*7 }}", ["{{ 7*7 }}"]),
        ("{% for a in b %}", ["{% for a in b %}"]),
        ("açık { kaldı", ["{ kaldı"]),
        ("fazla }", ["}"]),
        ("{{ad}}", ["{{ad}}"]),
        ("{{ad}", ["{{ad}"]),
        ("{x} {x}", ["{x}"]),
    ],
)
def test_find_faults_names_what_is_no_placeholder(text: str, faults: list[str]) -> None:
    assert [fault.strip() for fault in find_faults(text)] == faults


def test_find_faults_refuses_the_link_in_a_subject() -> None:
    assert find_faults("{ad} {link}", is_subject=True) == ["{link}"]
    assert find_faults("{ad} {link}") == []


def test_find_empty_names_what_has_neither_value_nor_fallback() -> None:
    assert find_empty("{ad} {program} {program|x} {program}", VALUES) == ["program"]


def test_values_cover_every_placeholder_and_hold_no_line_break() -> None:
    person = Person("Ayşe\r\nNur", " Işık ", programme=None, unit="Fen\u2028Edebiyat")

    values = values_of(person, survey_title="Anket", closes_on="31 Aralık 2026", link="https://x")

    assert set(values) == PLACEHOLDERS
    assert values["ad_soyad"] == "Ayşe Nur Işık"
    assert values["birim"] == "Fen Edebiyat"
    assert values["mezuniyet_yili"] == ""


@given(st.text(alphabet=st.sampled_from("{}|ad_ x%"), max_size=30))
def test_a_text_without_faults_is_filled_to_the_last_brace(text: str) -> None:
    if find_faults(text):
        return

    filled = fill(text, lambda _: "v")

    assert "{" not in filled
    assert "}" not in filled
