"""What people wrote: the words that several used, and quotes from which nobody is found.

Addresses, telephone and identity numbers are blanked; a name that somebody wrote can't be known
as one, so whoever quotes must read first.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random

from surveys.i18n import tr_key, tr_lower
from surveys.rates.small_cells import MINIMUM

MOST_WORDS = 40
MOST_QUOTES = 100
LEAST_LETTERS = 3
BLANK = "[…]"
EMAIL = re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>(),;]+")
# Ten digits or more, however they are grouped: telephone, identity, student and card numbers.
NUMBER = re.compile(r"\+?\(?\d(?:[\s().\-/]{0,2}\d){9,}")
# An apostrophe parts a Turkish name from its endings.
WORD = re.compile(r"[^\W\d_]+")
ENDING = re.compile(r"(?<=[^\W\d_])['’][^\W\d_]+")
STOP_WORDS = Path(__file__).with_name("stop_words.txt")

Text = tuple[str, str]
Split = Callable[[str], Iterable[str]]


@dataclass(frozen=True)
class Written:
    """`words`: (word, people who used it), the most used first. `quotes` in no order at all."""

    words: Sequence[tuple[str, int]]
    quotes: Sequence[str]
    quote_count: int


def read_words(texts: Sequence[Text], *, generator: Random) -> Written:
    """Return the single words of longer texts; `texts` holds (text, language) a person."""
    return _read(texts, _split, generator)


def read_phrases(texts: Sequence[Text], *, generator: Random) -> Written:
    """Return whole short answers as they are counted: İZMİR and izmir are one."""
    return _read(texts, _whole, generator)


def blank(text: str) -> str:
    """Return `text` without what would lead to a person."""
    return NUMBER.sub(BLANK, EMAIL.sub(BLANK, text))


def _read(texts: Sequence[Text], split: Split, generator: Random) -> Written:
    """Nothing at all of fewer than five people, no word that fewer than five of them used."""
    if len(texts) < MINIMUM:
        return Written((), (), 0)
    people: Counter[str] = Counter()
    spellings: dict[str, Counter[str]] = {}
    quotes = [blank(text) for text, _ in texts]
    for quote, (_, language) in zip(quotes, texts, strict=True):
        used = {_lower(word, language): word for word in split(quote)}
        people.update(used.keys())
        for key, word in used.items():
            spellings.setdefault(key, Counter())[word] += 1
    common = [key for key, count in people.items() if count >= MINIMUM and _says_something(key)]
    common.sort(key=lambda key: (-people[key], tr_key(key)))
    generator.shuffle(quotes)
    words = [(spellings[key].most_common(1)[0][0], people[key]) for key in common[:MOST_WORDS]]
    return Written(words, quotes[:MOST_QUOTES], len(quotes))


def _split(text: str) -> Iterator[str]:
    yield from WORD.findall(ENDING.sub("", text.replace(BLANK, " ")))


def _whole(text: str) -> Iterator[str]:
    yield " ".join(text.split())


def _says_something(key: str) -> bool:
    return len(key) >= LEAST_LETTERS and key not in _stop_words()


def _lower(text: str, language: str) -> str:
    return text.lower() if language == "en" else tr_lower(text)


@lru_cache
def _stop_words() -> frozenset[str]:
    """Return the Turkish and English words that say nothing by themselves."""
    return frozenset(STOP_WORDS.read_text(encoding="utf-8").split())
