"""Turkish and English: catalogues, casing, sorting, numbers and dates. Language is an argument."""

from datetime import date, datetime, time, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path
from unicodedata import normalize

from babel import Locale
from babel.dates import format_date as babel_date
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations

LANGUAGES = ("tr", "en")
CATALOGUES = Path(__file__).parent / "web" / "translations"
ALPHABET = "abcçdefgğhıijklmnoöpqrsştuüvwxyz"
LETTERS_FROM = 0x80
# How each last word of a spoken time goes with "at": kırk'ta, on'da, dört'te; by digit and by ten.
_AT_DIGIT = ("da", "de", "de", "te", "te", "te", "da", "de", "de", "da")
_AT_TEN = ("da", "da", "de", "da", "ta", "de")
_RANK = {letter: rank for rank, letter in enumerate(ALPHABET)}


@lru_cache
def catalogue(language: str) -> NullTranslations:
    """Return the messages of `language`; English stands in the code itself."""
    if language == "en":
        return NullTranslations()
    return Translations.load(CATALOGUES, [language], domain="messages")


def translate(language: str, message: str, /, **params: object) -> str:
    """Return `message` in `language` with its `%(name)s` places filled."""
    text = str(catalogue(language).gettext(message))
    return text % params if params else text


def pick_language(*wishes: str | None, default: str) -> str:
    """Return the first wish that is a language of ours."""
    return next((wish for wish in wishes if wish in LANGUAGES), default)


def pick_text(texts: dict[str, str], language: str) -> str:
    """Return a survey text in `language`, or in the first language that it has."""
    return texts.get(language) or next(iter(texts.values()), "")


def tr_lower(text: str) -> str:
    """Lower-case a name or text by Turkish rules (I → ı, İ → i); never for codes or addresses."""
    return normalize("NFC", text).replace("İ", "i").replace("I", "ı").lower()


def tr_upper(text: str) -> str:
    """Upper-case a name or text by Turkish rules (i → İ, ı → I)."""
    return normalize("NFC", text).replace("i", "İ").replace("ı", "I").upper()


def tr_key(text: str) -> tuple[int, ...]:
    """Return the key that sorts by the Turkish alphabet; other characters come first."""
    return tuple(_RANK.get(c, ord(c) - 0x110000) for c in tr_lower(text))


def sort_key(text: str) -> str:
    """Return the key of the Turkish alphabet as text, for a column that both engines sort alike.

    Two hexadecimal digits a character, whose order every collation agrees on; characters outside
    the alphabet come first.
    """
    return "".join(
        f"{LETTERS_FROM + _RANK[c] if c in _RANK else min(ord(c), LETTERS_FROM - 1):02x}"
        for c in tr_lower(text)
    )


def fold(text: str) -> str:
    """Return the form under which headings and names are found: Işıl ÇAĞRI → isil cagri."""
    return tr_lower(text).translate(str.maketrans("çğıöşüâîû", "cgiosuaiu"))


def format_integer(value: int, language: str) -> str:
    """Return 3581 as 3.581 (tr) or 3,581 (en)."""
    return _write(Decimal(value), None, language)


def format_number(value: Decimal, language: str, *, decimals: int = 1) -> str:
    """Return 4.83 as 4,83 (tr) or 4.83 (en) with so many decimals, rounded half up."""
    rounded = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    pattern = f"#,##0.{'0' * decimals}" if decimals else "#,##0"
    return _write(rounded, pattern, language)


def count_decimals(value: Decimal) -> int:
    """Return how many decimals `value` needs: 0 for 30.00, 1 for 12.50."""
    return max(0, -int(value.normalize().as_tuple().exponent))


def format_percent(value: Decimal | None, language: str, *, decimals: int = 1) -> str:
    """Return a percent (0..100) as %12,5 (tr) or 12.5% (en), rounded half up; None as "–"."""
    if value is None:
        return "–"
    number = format_number(value, language, decimals=decimals)
    if language == "en":
        return f"{number}%"
    return f"-%{number[1:]}" if number.startswith("-") else f"%{number}"


def format_date(value: date, language: str, *, pattern: str | None = None) -> str:
    """Return 22 Kasım 2026 Pazar (tr) or Sunday 22 November 2026 (en), or by a Babel pattern."""
    usual = {"tr": "d MMMM y EEEE", "en": "EEEE d MMMM y"}[language]
    return _write_date(value, pattern or usual, language)


def format_instant(value: datetime, language: str, zone: tzinfo) -> str:
    """Return an instant as local date and time: 22 Kasım 2026 17:05."""
    local = value.astimezone(zone)
    return f"{_write_date(local.date(), 'd MMMM y', language)} {local:%H:%M}"


def tr_at_time(value: time) -> str:
    """Return 16:40 as 16.40'ta, "at 16:40": the ending follows the number that is spoken last."""
    last = value.minute or value.hour
    ending = _AT_DIGIT[last % 10] if last % 10 else _AT_TEN[last // 10]
    return f"{value:%H.%M}'{ending}"


def format_moment(value: datetime, language: str, zone: tzinfo, *, now: datetime) -> str:
    """Return when something happens, seen from `now`: bugün 16.40'ta (tr), today at 16:40 (en)."""
    local = value.astimezone(zone)
    days = (local.date() - now.astimezone(zone).date()).days
    if days in {0, 1}:
        day = translate(language, "today") if days == 0 else translate(language, "tomorrow")
    else:
        day = _write_date(
            local.date(), {"tr": "d MMMM EEEE", "en": "EEEE d MMMM"}[language], language
        )
    return f"{day} {tr_at_time(local.time())}" if language == "tr" else f"{day} at {local:%H:%M}"


# A page writes the same few shares and days again and again; Babel reads the pattern each time.
@lru_cache(maxsize=4096)
def _write(value: Decimal, pattern: str | None, language: str) -> str:
    return str(format_decimal(value, format=pattern, locale=language))


@lru_cache(maxsize=1024)
def _write_date(value: date, pattern: str, language: str) -> str:
    return str(babel_date(value, format=pattern, locale=Locale(language)))
