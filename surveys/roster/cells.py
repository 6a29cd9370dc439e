"""One cell → one value, or the reason why it is none.

Knows the fields' rules, not the rows around a cell. E-mail addresses have a module of their own.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from unicodedata import normalize

from surveys.errors import N_
from surveys.i18n import fold, format_integer, translate

# What no text of ours may hold: control characters, lone surrogates, marks that turn or hide
# text; and what `escape` wrote in place of one.
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069"
    "\ufeff\ufffe\uffff\ud800-\udfff]|⟨U\\+[0-9A-F]{4}⟩"
)
# Letters that Turkish has not, as UTF-8 read as Windows-1254 or Windows-1254 read as Latin-1 gives.
GARBLED = re.compile("[ÄÅÃ][^\x00-\x7f]|[ýþðÝÞÐ\ufffd]")

NAME_LENGTH = 200
TEXT_LENGTH = 1_000
SHOWN_LENGTH = 80
FIRST_YEAR = 1900
YEARS_AHEAD = 1
# Row numbers and years are read digit by digit, as they stand in the list.
AMOUNTS = frozenset({"count", "length", "limit"})

_WHOLE = re.compile(r"([0-9]+)\.0")
_YEAR = re.compile(r"([0-9]{4})(?:[.,]0+)?")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})")
_YEAR_FIRST = re.compile(r"([0-9]{4})[-./]([0-9]{1,2})[-./]([0-9]{1,2})")
_MIDNIGHT = re.compile(r"[ T]0?0:00(?::00(?:\.0+)?)?$")
_SHORTENED = re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]+", re.IGNORECASE)
_LANGUAGES = {
    **dict.fromkeys(("tr", "tur", "turkce", "turkish", "tr tr"), "tr"),
    **dict.fromkeys(("en", "eng", "ingilizce", "english", "en gb", "en us"), "en"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was not taken: a stable code, an English sentence, its parameters."""

    code: str
    message: str
    params: dict[str, object] = field(default_factory=dict)

    def explain(self, language: str) -> str:
        """Return the sentence in `language`, its amounts with separators: 3.581."""
        amounts = {
            name: format_integer(value, language)
            for name, value in self.params.items()
            if name in AMOUNTS and isinstance(value, int)
        }
        return translate(language, self.message, **{**self.params, **amounts})


class BadCell(Exception):
    """A cell that can't be taken; never leaves the room."""

    def __init__(self, code: str, message: str, **params: object) -> None:
        super().__init__(code)
        self.reason = Reason(code, message, params)


def read_text(cell: str, *, limit: int = TEXT_LENGTH) -> str:
    """Return the text in NFC with single blanks. Raises BadCell."""
    if cell.isascii() and cell.isprintable():
        text = cell.strip()
        if "  " in text:
            text = " ".join(text.split())
    else:
        text = _read_unusual(cell)
    if len(text) > limit:
        raise BadCell(
            "too_long",
            N_("The text has %(length)s characters; at most %(limit)s are taken. Shorten it."),
            length=len(text),
            limit=limit,
        )
    return text


def _read_unusual(cell: str) -> str:
    found = FORBIDDEN.search(cell)
    if found:
        raise BadCell(
            "forbidden_character",
            N_("The cell holds a character that can't be stored (%(character)s). Delete it."),
            character=_name(found),
        )
    return " ".join(normalize("NFC", cell).split())


# As it stands in the API's addresses behind a key.
RESERVED_ENDING = "/suppression"


def read_key(cell: str) -> str:
    """Return the alumni system's key, 2020100001.0 as 2020100001.

    Raises BadCell when there is none or Excel spoiled it.
    """
    text = read_text(cell, limit=NAME_LENGTH)
    if not text:
        raise BadCell(
            "key_missing", N_("The key is missing, so nobody can tell whom the row is about.")
        )
    if _SHORTENED.fullmatch(text):
        raise BadCell(
            "key_shortened",
            N_("Excel shortened this number. Format the column as text and type the key again."),
        )
    if text.endswith(RESERVED_ENDING):
        raise BadCell(
            "key_reserved",
            N_("A key can't end in /suppression, which other systems address apart."),
        )
    whole = _WHOLE.fullmatch(text)
    return whole[1] if whole else text


def read_year(cell: str, *, this_year: int) -> int | None:
    """Return the year, None for an empty cell. Raises BadCell."""
    text = read_text(cell)
    if not text:
        return None
    found = _YEAR.fullmatch(text)
    last = this_year + YEARS_AHEAD
    if not found or not FIRST_YEAR <= int(found[1]) <= last:
        raise BadCell(
            "not_a_year",
            N_("This is no year. Write four digits, from %(first)s to %(last)s."),
            first=FIRST_YEAR,
            last=last,
        )
    return int(found[1])


def read_date(cell: str, *, this_year: int) -> date | None:
    """Return the date, the day before the month unless the year comes first. Raises BadCell."""
    text = _MIDNIGHT.sub("", read_text(cell))
    if not text:
        return None
    day_first, year_first = _DAY_FIRST.fullmatch(text), _YEAR_FIRST.fullmatch(text)
    parts = day_first.group(3, 2, 1) if day_first else year_first.groups() if year_first else None
    try:
        value = date(*map(int, parts or ()))
    except (TypeError, ValueError):
        value = None
    if value is None or not FIRST_YEAR <= value.year <= this_year + YEARS_AHEAD:
        raise BadCell("not_a_date", N_("This is no date. Write it as 31.12.2024."))
    return value


def read_language(cell: str) -> str | None:
    """Return tr or en, None for an empty cell. Raises BadCell for every other language."""
    text = read_text(cell)
    if not text:
        return None
    language = _LANGUAGES.get(fold(text).replace("-", " ").replace("_", " "))
    if language is None:
        raise BadCell(
            "language_unknown",
            N_("Surveys are in Turkish or English only. Write Türkçe or İngilizce."),
        )
    return language


def show(cell: str) -> str:
    """Return a cell for a message: harmless characters only, at most 80 of them."""
    cut = cell if len(cell) <= SHOWN_LENGTH else cell[: SHOWN_LENGTH - 1] + "…"
    return " ".join(escape(cut).split())


def escape(text: str) -> str:
    """Return `text` with what a terminal or a file can't take written out as U+XXXX."""
    return FORBIDDEN.sub(lambda found: f"⟨{_name(found)}⟩", text)


def _name(found: re.Match[str]) -> str:
    text = found.group()
    return f"U+{ord(text):04X}" if len(text) == 1 else text.strip("⟨⟩")
