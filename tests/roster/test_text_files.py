"""Encodings, separators and quotes of text files."""

from functools import partial
from pathlib import Path

import pytest

from surveys.roster.columns import count_known
from surveys.roster.text_files import (
    BrokenQuotes,
    NotText,
    UnknownEncoding,
    find_layout,
    neutralise,
    read_rows,
    restore,
)
from tests.roster.files import write_text

HEADER = ["Öğrenci No", "Ad", "Not"]
score = partial(count_known, mapping={})


def read(path: Path) -> list[list[str]]:
    return [cells for _, cells in read_rows(path, find_layout(path, score=score))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1254"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_text_is_read_in_every_encoding(tmp_path: Path, encoding: str, separator: str) -> None:
    rows = [HEADER, ["1", "ışğİŞĞ", "x"]]

    path = write_text(tmp_path, *map(separator.join, rows), encoding=encoding)

    assert read(path) == rows


@pytest.mark.parametrize("encoding", ["utf-32-le", "utf-32-be"])
def test_wide_encoding_is_refused(tmp_path: Path, encoding: str) -> None:
    path = write_text(tmp_path, "\ufeffÖğrenci No;Ad", "1;Ali", encoding=encoding)

    with pytest.raises(UnknownEncoding):
        read(path)


def test_separator_is_found_by_the_headings_when_cells_hold_others(tmp_path: Path) -> None:
    path = write_text(tmp_path, "Liste, 2026, Mart, son", "Öğrenci No;Ad;Not", "1;Ali;a, b, c, d")

    assert read(path)[-1] == ["1", "Ali", "a, b, c, d"]


def test_quoted_cells_keep_separators_quotes_and_line_ends(tmp_path: Path) -> None:
    path = write_text(tmp_path, "Öğrenci No;Ad;Not", '1;"A;l""i";"a\r\nb"')

    assert read(path)[1] == ["1", 'A;l"i', "a\r\nb"]


def test_lone_surrogate_stays_in_its_cell(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"\xff\xfe" + "Öğrenci No;Ad\r\n1;\ud800\r\n".encode("utf-16-le", LENIENT))

    assert read(path)[1] == ["1", "\ud800"]


def test_quotes_are_refused_with_their_line_when_left_open(tmp_path: Path) -> None:
    path = write_text(tmp_path, "Öğrenci No;Ad", '1;"Ali', "2;Veli")

    with pytest.raises(BrokenQuotes) as caught:
        read(path)

    assert caught.value.params["line"] == 3


@pytest.mark.parametrize("content", [bytes(range(256)) * 8, b"%PDF-1.7\n", b"\x89PNG\r\n\0\0\0\0"])
def test_binary_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)

    with pytest.raises(NotText):
        find_layout(path, score=score)


def test_line_without_end_is_refused(tmp_path: Path) -> None:
    path = write_text(tmp_path, "Öğrenci No;Ad", ";" * 2 * 1024 * 1024)

    with pytest.raises(NotText):
        read(path)


def test_unknown_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"No;Ad\r\n1;\xfd\x81\x8d\r\n")

    with pytest.raises(UnknownEncoding):
        find_layout(path, score=score)


@pytest.mark.parametrize("cell", ["=1+1", "+90 555", "-x", "@x", "\tx", ' "=1', "＝1", "'=1"])
def test_formula_like_cell_is_neutralised_and_comes_back(cell: str) -> None:
    assert neutralise(cell) == f"'{cell}"
    assert restore(neutralise(cell)) == cell


@pytest.mark.parametrize("cell", ["Ali", "'tis", "1+1", ""])
def test_plain_cell_stays_as_it_is(cell: str) -> None:
    assert neutralise(cell) == cell
    assert restore(cell) == cell


LENIENT = "surrogatepass"
