"""The words of an export: headings, and cells as people read them or as programs count them."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from surveys.exporting.cells import Cell, Gap
from surveys.exporting.columns import Column
from surveys.exporting.parts import Kind
from surveys.i18n import pick_text

Shown = str | int | float | date | None


class Wording(StrEnum):
    """How cells and headings are written: as words to read, or as codes to compute with."""

    WORDS = "words"
    CODES = "codes"


def label_of(column: Column, language: str) -> str:
    """Return what a column holds, in one line of words."""
    words = pick_text(column.words, language)
    detail = pick_text(column.detail, language) if column.detail else ""
    return " ".join(f"{words} – {detail}".split()) if detail else " ".join(words.split())


def heading_of(column: Column, language: str, wording: Wording) -> str:
    """Return the heading: the name, or the words with the name, which makes them unique."""
    if wording is Wording.CODES:
        return column.name
    return f"{label_of(column, language)} [{column.name}]"


def words_by_code(column: Column, language: str, wording: Wording) -> Mapping[str, str]:
    """Return what stands for each code of the column; a code without words stands for itself."""
    if column.kind is not Kind.CODED or wording is Wording.CODES:
        return {}
    return {choice.code: pick_text(choice.text, language) for choice in column.choices}


def show_cell(cell: Cell, words: Mapping[str, str]) -> Shown:
    """Return what is written into a cell; None leaves it empty."""
    if cell is None or isinstance(cell, Gap):
        return None
    return words.get(cell, cell) if isinstance(cell, str) else cell
