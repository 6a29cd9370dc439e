"""Texts of a definition: one for each language of the survey, in characters that can be shown."""

import unicodedata

from surveys.building.definition import Text
from surveys.building.faults import Spot
from surveys.building.values import as_word
from surveys.errors import N_
from surveys.i18n import LANGUAGES

# Controls, lone surrogates, line and paragraph separators; bidirectional overrides turn text round.
FORBIDDEN_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

_NOT_TEXT = N_("A text is expected here, or one text a language: {tr: …, en: …}.")
_MISSING = {
    "tr": N_("The Turkish text is missing. Add it."),
    "en": N_("The English text is missing. Add it."),
}
_UNKNOWN_LANGUAGE = N_("%(language)s is no language of surveys. Languages are tr and en.")
_EMPTY = N_("The text is empty. Write it, or remove the key if it is optional.")
_TOO_LONG = N_("The text has %(length)s characters; %(limit)s are possible.")
_FORBIDDEN = N_("The text holds a character that can't be shown (%(character)s). Remove it.")
_ONE_LINE = N_("The text must stand on one line, without tabs.")


def as_text(spot: Spot | None, limit: int, *, is_line: bool = True) -> Text | None:
    """Return the text here in each language of the survey, NFC, trimmed; one string serves all.

    `limit`: most characters. Texts in languages that the survey does not have are left out.
    """
    if spot is None:
        return None
    languages = spot.reading.languages
    if isinstance(spot.value, str):
        text = _read(spot, limit, is_line=is_line)
        return dict.fromkeys(languages, text)
    if not isinstance(spot.value, dict):
        spot.refuse(_NOT_TEXT)
        return None
    for language in spot.value:
        if language not in LANGUAGES:
            spot.under(language, None).refuse(_UNKNOWN_LANGUAGE, language=language)
    texts: Text = {}
    for language in languages:
        single = spot.under(language, spot.value.get(language))
        if single.value is None or not str(single.value).strip():
            _note_missing(single, language)
            continue
        texts[language] = _read(single, limit, is_line=is_line)
    return texts


def as_draft_text(spot: Spot, limit: int, *, is_line: bool = True) -> Text:
    """Return the texts here by language, cleaned like every text; "" where one is to go.

    One string stands for each language of the survey.
    """
    by_language = (
        spot.value
        if isinstance(spot.value, dict)
        else dict.fromkeys(spot.reading.languages, spot.value)
    )
    texts: Text = {}
    for language, value in by_language.items():
        single = spot.under(language, value)
        if language not in LANGUAGES:
            single.refuse(_UNKNOWN_LANGUAGE, language=language)
        is_empty = value is None or not str(value).strip()
        texts[language] = "" if is_empty else _read(single, limit, is_line=is_line)
    return texts


def _note_missing(spot: Spot, language: str) -> None:
    """Block on the survey's first language alone: people without their own text are shown it."""
    if language == spot.reading.languages[0]:
        spot.refuse(_MISSING[language])
    else:
        spot.warn(_MISSING[language])


def as_line(spot: Spot, limit: int) -> str:
    """Return the one string here, whatever the language, cleaned like every text."""
    return "" if as_word(spot) is None else _read(spot, limit, is_line=True)


def list_single(spot: Spot) -> list[Spot]:
    """Return the spots of the texts that stand here, each language's its own."""
    if isinstance(spot.value, dict):
        return [spot.under(key, v) for key, v in spot.value.items() if isinstance(v, str)]
    return [spot] if isinstance(spot.value, str) else []


def _read(spot: Spot, limit: int, *, is_line: bool) -> str:
    if not isinstance(spot.value, str):
        spot.refuse(_NOT_TEXT)
        return ""
    text = unicodedata.normalize("NFC", spot.value.replace("\r\n", "\n")).strip()
    if not text:
        spot.refuse(_EMPTY)
    if len(text) > limit:
        spot.refuse(_TOO_LONG, length=len(text), limit=limit)
    _check_characters(spot, text, is_line=is_line)
    return text


def _check_characters(spot: Spot, text: str, *, is_line: bool) -> None:
    if is_line and ("\n" in text or "\t" in text):
        spot.refuse(_ONE_LINE)
    bad = next((c for c in text if _is_forbidden(c)), None)
    if bad is not None:
        spot.refuse(_FORBIDDEN, character=f"U+{ord(bad):04X}")


def _is_forbidden(character: str) -> bool:
    if character in "\n\t":
        return False
    return unicodedata.category(character) in FORBIDDEN_CATEGORIES or character in OVERRIDES
