"""Years, dates, keys, languages and plain text."""

from datetime import date

import pytest

from surveys.roster.cells import (
    BadCell,
    escape,
    read_date,
    read_key,
    read_language,
    read_text,
    read_year,
    show,
)


def code_of(read: object, cell: str, **over: object) -> str:
    assert callable(read)
    with pytest.raises(BadCell) as caught:
        read(cell, **over)
    return caught.value.reason.code


@pytest.mark.parametrize(
    ("cell", "year"), [("2024", 2024), (" 2024 ", 2024), ("2015.0", 2015), ("", None)]
)
def test_year_is_read(cell: str, year: int | None) -> None:
    assert read_year(cell, this_year=2026) == year


@pytest.mark.parametrize("cell", ["20222", "24", "abc", "1899", "2028", "２０２４", "2024-2025"])
def test_year_is_refused_when_it_is_none(cell: str) -> None:
    assert code_of(read_year, cell, this_year=2026) == "not_a_year"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("10.06.2024", date(2024, 6, 10)),
        ("1/2/2024", date(2024, 2, 1)),
        ("2024-06-10", date(2024, 6, 10)),
        ("2024-06-10 00:00:00", date(2024, 6, 10)),
        ("", None),
    ],
)
def test_date_is_read(cell: str, expected: date | None) -> None:
    assert read_date(cell, this_year=2026) == expected


@pytest.mark.parametrize("cell", ["31.02.2024", "06/25/2024", "45453", "yaz", "01.01.24"])
def test_date_is_refused_when_it_is_none(cell: str) -> None:
    assert code_of(read_date, cell, this_year=2026) == "not_a_date"


@pytest.mark.parametrize(
    ("cell", "language"),
    [("Türkçe", "tr"), ("TR", "tr"), ("İngilizce", "en"), ("INGILIZCE", "en"), ("en-GB", "en")],
)
def test_language_is_read_in_words(cell: str, language: str) -> None:
    assert read_language(cell) == language


def test_language_is_refused_when_no_survey_speaks_it() -> None:
    assert code_of(read_language, "Almanca") == "language_unknown"


@pytest.mark.parametrize(
    ("cell", "code"), [(" ", "key_missing"), ("2,0221E+09", "key_shortened"), ("a\0", "")]
)
def test_key_is_refused(cell: str, code: str) -> None:
    assert code_of(read_key, cell) == (code or "forbidden_character")


@pytest.mark.parametrize("cell", ["0012", " 0012 ", "0012.0"])
def test_key_keeps_its_leading_zeros(cell: str) -> None:
    assert read_key(cell) == "0012"


def test_text_is_composed_and_its_blanks_are_single() -> None:
    assert read_text(" S\u0327en\u00a0 \n Ağa ") == "Şen Ağa"


@pytest.mark.parametrize("cell", ["a\0b", "a\x1bb", "\ud800", "a\u202eb", "⟨U+0000⟩"])
def test_text_is_refused_when_it_holds_what_cannot_be_stored(cell: str) -> None:
    assert code_of(read_text, cell) == "forbidden_character"


def test_text_is_refused_when_it_is_too_long() -> None:
    assert code_of(read_text, "a" * 201, limit=200) == "too_long"


def test_escaped_text_is_refused_until_it_is_mended() -> None:
    assert code_of(read_text, escape("a\0b")) == "forbidden_character"


def test_shown_cell_is_short_and_harmless() -> None:
    shown = show("\x1b[31m" + "x" * 200)

    assert shown.startswith("⟨U+001B⟩[31mxxx")
    assert shown.endswith("…")
    assert len(shown) < 100
