"""The look at a file out of a browser."""

import pytest

from surveys.errors import DonutError
from surveys.roster.uploads import clean_filename, read_sample
from tests.roster.files import DEMO_DATA, GOOD_ROW, HEADER
from tests.roster.uploads import ONE_PERSON


def test_sample_tells_how_a_text_file_was_read() -> None:
    sample = read_sample((DEMO_DATA / "mezunlar.csv").read_bytes(), filename="mezunlar.csv")

    assert (sample.encoding, sample.separator, sample.sheet) == ("cp1254", ";", None)
    assert sample.row_count == 3581
    assert sample.meanings[:4] == ["external_id", "given_name", "family_name", "email"]
    assert [len(row) for row in sample.rows] == [11] * 5


def test_sample_tells_which_sheet_of_a_workbook_was_read() -> None:
    sample = read_sample((DEMO_DATA / "mezunlar.xlsx").read_bytes(), filename="mezunlar.xlsx")

    assert (sample.encoding, sample.separator) == (None, None)
    assert sample.sheet
    assert sample.row_count == 3581


def test_sample_shows_a_file_whose_key_nobody_can_guess() -> None:
    content = b"Liste 2026\n\nAd;Soyad;Kod\nAli;Ak;7\n"

    sample = read_sample(content, filename="liste.csv")

    assert sample.headings == ["Ad", "Soyad", "Kod"]
    assert sample.meanings == ["given_name", "family_name", None]
    assert sample.rows == [["Ali", "Ak", "7"]]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (f"{HEADER}\n".encode(), "file_empty"),
        (b"<html><table><tr><td>Ad</td></tr></table>", "web_page"),
        (b"PK\x03\x04 and then nothing", "workbook_damaged"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "workbook_old_or_protected"),
        (b"%PDF-1.7 \x00\x01\x02", "not_text"),
        ("Öğrenci No;Ad\n1;Ayşe".encode("utf-32"), "unknown_encoding"),
        (b'Ogrenci No;Ad\n1;"a"b"\n', "broken_quotes"),
        (f"{HEADER};TC Kimlik No\n{GOOD_ROW};x".encode(), "identity_number_column"),
        (b"TCKN;Ad\n1;Ali\n", "identity_number_key"),
        (b"Ogrenci No;Not\n" + b"1;10000000146\n" * 5, "identity_number_column"),
        (bytes(25 * 1024 * 1024 + 1), "file_too_large"),
    ],
)
def test_file_that_cannot_be_taken_is_refused_by_name(content: bytes, code: str) -> None:
    with pytest.raises(DonutError) as refused:
        read_sample(content, filename="liste.xlsx")

    assert refused.value.code == code


def test_form_without_a_file_is_refused() -> None:
    with pytest.raises(DonutError) as refused:
        read_sample(ONE_PERSON, filename="")

    assert refused.value.code == "file_not_chosen"


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        (r"C:\Belgeler\mezun listesi.xlsx", "mezun listesi.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("liste\u202exslx.csv\x00", "listexslx.csv"),
        ("ş" * 200 + ".xlsx", "ş" * 75 + ".xlsx"),
        ("..", ""),
        ("", ""),
    ],
)
def test_name_of_a_file_loses_folders_and_odd_characters(name: str, clean: str) -> None:
    assert clean_filename(name) == clean
