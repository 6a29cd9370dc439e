"""Two versions of a survey: what differs in words alone, and what changes the meaning.

Answers to both sides of a change in words count together; a change of meaning is told apart in
every result. That new words mean the same is staff's to judge: no program can.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import chain
from typing import Any

from surveys.building.definition import Text
from surveys.errors import N_

Document = dict[str, Any]
Part = Mapping[str, Any]

WORDS = N_("Other words")
LANGUAGE_ADDED = N_("Language added: %(language)s")
LANGUAGE_REMOVED = N_("Language removed: %(language)s")
ADDED = N_("Question added")
REMOVED = N_("Question removed")
MOVED = N_("Question moved")
DIVIDED = N_("Divided into sections differently")
CHOICE_ADDED = N_("Choice added: %(choice)s")
CHOICE_REMOVED = N_("Choice removed: %(choice)s")
CHOICES_MOVED = N_("Choices in another order")
KEY_WORDS = {
    "type": N_("Another type of question"),
    "required": N_("Required or not"),
    "show_if": N_("Another condition"),
    "scale": N_("Other ends of the scale"),
    "in_mail": N_("In the invitation or not"),
    "other": N_("With or without a free answer"),
}
LIMITS = N_("Other limits for the answer")
WORD_KEYS = ("text", "hint")
LISTS = ("options", "items")
ENDS = ("low", "high")


@dataclass(frozen=True)
class Change:
    """One difference: what it touches, a catalogue sentence, and texts before and after if any."""

    subject: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    old: Text | None = None
    new: Text | None = None


@dataclass(frozen=True)
class Difference:
    """All that differs; both empty when nothing does."""

    words: Sequence[Change]
    meaning: Sequence[Change]

    @property
    def is_correction(self) -> bool:
        """Tell whether words alone differ."""
        return bool(self.words) and not self.meaning


def compare(old: Document, new: Document) -> Difference:
    """Return what differs between two documents in texts and questions; dates and mails don't."""
    before, after = _by_code(old), _by_code(new)
    kept = [code for code in after if code in before]
    words = [
        *_compare_languages(LANGUAGE_ADDED, old=old, new=new),
        *_compare_texts("survey", old, new, ("title", "purpose")),
        *_compare_titles(old, new),
    ]
    meaning = [
        *_compare_languages(LANGUAGE_REMOVED, old=new, new=old),
        *_list_moves(old, new, kept),
    ]
    meaning += [_whole(ADDED, code, new=after[code]) for code in after if code not in before]
    meaning += [_whole(REMOVED, code, old=before[code]) for code in before if code not in after]
    for code in kept:
        words += _compare_words(code, before[code], after[code])
        meaning += _compare_meaning(code, before[code], after[code])
    return Difference(words, meaning)


def _by_code(document: Document) -> dict[str, Part]:
    sections = document["sections"]
    return {question["code"]: question for part in sections for question in part["questions"]}


def _compare_languages(message: str, *, old: Document, new: Document) -> Iterator[Change]:
    for language in new["languages"]:
        if language not in old["languages"]:
            yield Change("survey", message, {"language": language})


def _whole(message: str, code: str, *, old: Part | None = None, new: Part | None = None) -> Change:
    return Change(f"question:{code}", message, {}, (old or {}).get("text"), (new or {}).get("text"))


def _compare_texts(subject: str, old: Part, new: Part, keys: Iterable[str]) -> Iterator[Change]:
    for key in keys:
        if (old.get(key) or {}) != (new.get(key) or {}):
            yield Change(subject, WORDS, {}, old.get(key), new.get(key))


def _compare_titles(old: Document, new: Document) -> Iterator[Change]:
    """Compare a section's title with that of the section in which its first known question was."""
    home = {q["code"]: part for part in old["sections"] for q in part["questions"]}
    for index, part in enumerate(new["sections"]):
        codes = [question["code"] for question in part["questions"] if question["code"] in home]
        if codes:
            yield from _compare_texts(f"section:{index}", home[codes[0]], part, ["title"])


def _list_moves(old: Document, new: Document, kept: Sequence[str]) -> list[Change]:
    before, after = _divide(old, kept), _divide(new, kept)
    if before == after:
        return []
    first, last = list(chain(*before)), list(chain(*after))
    blocks = SequenceMatcher(None, first, last, autojunk=False).get_matching_blocks()
    stayed = {code for block in blocks for code in first[block.a : block.a + block.size]}
    moved = [Change(f"question:{code}", MOVED) for code in last if code not in stayed]
    return moved or [Change("survey", DIVIDED)]


def _divide(document: Document, kept: Sequence[str]) -> list[list[str]]:
    parts = ([q["code"] for q in s["questions"] if q["code"] in kept] for s in document["sections"])
    return [part for part in parts if part]


def _compare_words(code: str, old: Part, new: Part) -> Iterator[Change]:
    subject = f"question:{code}"
    yield from _compare_texts(subject, old, new, WORD_KEYS)
    yield from _compare_texts(subject, old.get("scale") or {}, new.get("scale") or {}, ENDS)
    for key in LISTS:
        texts = {option["code"]: option for option in old.get(key) or []}
        for option in new.get(key) or []:
            if option["code"] in texts:
                yield from _compare_texts(subject, texts[option["code"]], option, ["text"])


def _compare_meaning(code: str, old: Part, new: Part) -> Iterator[Change]:
    subject = f"question:{code}"
    messages = {
        KEY_WORDS.get(key, LIMITS): None
        for key in sorted({*old, *new} - {"code", *WORD_KEYS, *LISTS})
        if _strip(key, old.get(key)) != _strip(key, new.get(key))
    }
    yield from (Change(subject, message) for message in messages)
    if old.get("type") == new.get("type"):
        for key in LISTS:
            yield from _compare_choices(subject, old.get(key) or [], new.get(key) or [])


def _compare_choices(subject: str, old: list[Part], new: list[Part]) -> Iterator[Change]:
    before, after = [o["code"] for o in old], [o["code"] for o in new]
    for option in new:
        if option["code"] not in before:
            yield Change(
                subject, CHOICE_ADDED, {"choice": option["code"]}, None, option.get("text")
            )
    for option in old:
        if option["code"] not in after:
            choice = {"choice": option["code"]}
            yield Change(subject, CHOICE_REMOVED, choice, old=option.get("text"))
    if [c for c in before if c in after] != [c for c in after if c in before]:
        yield Change(subject, CHOICES_MOVED)


def _strip(key: str, value: Any) -> Any:
    """Return a value without the words in it; what is off is as good as absent."""
    if key == "scale" and value:
        return {name: end for name, end in value.items() if name not in ENDS}
    return value or None
