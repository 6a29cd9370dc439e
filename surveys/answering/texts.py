"""Answers that are written: cleaned, bounded, and checked where a format is asked for."""

import re
from collections.abc import Mapping, Sequence
from unicodedata import category, normalize

from email_validator import EmailNotValidError, validate_email

from surveys.answering.conditions import Answers
from surveys.answering.faults import Unreadable
from surveys.building.definition import Question, QuestionType
from surveys.errors import N_

SHORT_LENGTH = 200
LONG_LENGTH = 4_000
OTHER_LENGTH = 200
# Control characters, lone surrogates, and the character that stands for bytes that were no text.
UNUSABLE = {"Cc", "Cs"}
REPLACEMENT = "\ufffd"
PHONE = re.compile(r"\+?[0-9 ()./-]{7,25}")
PHONE_DIGITS = range(7, 16)
_UNUSABLE = N_("“%(question)s” holds characters that can't be saved. Write the answer again.")
_TOO_LONG = N_("Shorten the answer to “%(question)s” to %(limit)s characters or fewer.")
_NO_EMAIL = N_("Write an e-mail address such as ad@example.com for “%(question)s”.")
_NO_PHONE = N_("Write a phone number such as 0532 123 45 67 for “%(question)s”.")


def text_limit(question: Question) -> int:
    """Return how many characters a written answer may have."""
    usual = LONG_LENGTH if question.type == QuestionType.LONG_TEXT else SHORT_LENGTH
    return question.max_length or usual


def read_text(question: Question, form: Mapping[str, Sequence[str]]) -> Answers:
    """Return `{code: text}`, NFC and trimmed, with LF as line break."""
    typed = next(iter(form.get(question.code, ())), "")
    is_long = question.type == QuestionType.LONG_TEXT
    limit = text_limit(question)
    text = clean_text(question, typed, field=question.code, limit=limit, is_long=is_long)
    if not text:
        return {}
    if question.format == "email":
        _check_email(question, text)
    if question.format == "phone":
        _check_phone(question, text)
    return {question.code: text}


def clean_text(question: Question, typed: str, *, field: str, limit: int, is_long: bool) -> str:
    """Return `typed` as it is stored; raises Unreadable for what can't be or is too long."""
    unified = typed.replace("\r\n", "\n").replace("\r", "\n")
    allowed = "\n\t" if is_long else "\t"
    if any(_is_unusable(letter, allowed) for letter in unified):
        raise Unreadable(question, _UNUSABLE, field=field)
    text = normalize("NFC", unified).strip()
    if len(text) > limit:
        raise Unreadable(question, _TOO_LONG, field=field, limit=limit)
    return text


def _is_unusable(letter: str, allowed: str) -> bool:
    return letter == REPLACEMENT or (category(letter) in UNUSABLE and letter not in allowed)


def _check_email(question: Question, text: str) -> None:
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        raise Unreadable(question, _NO_EMAIL) from None


def _check_phone(question: Question, text: str) -> None:
    digit_count = sum(letter.isdigit() for letter in text)
    if not PHONE.fullmatch(text) or digit_count not in PHONE_DIGITS:
        raise Unreadable(question, _NO_PHONE)
