"""Answers that are a number or a day, typed the way people type them in Turkey and elsewhere."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from surveys.answering.conditions import Answers
from surveys.answering.faults import Unreadable
from surveys.building.definition import Question
from surveys.errors import N_

Form = Mapping[str, Sequence[str]]

# [0-9], not \d: the answer to "how many" is not ² or an Arabic digit.
NUMBER = re.compile(r"[+-]?[0-9]{1,12}(?:[.,][0-9]{1,6})?")
ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
TYPED_DAY = re.compile(r"([0-9]{1,2})[ ./,-]+([0-9]{1,2})[ ./,-]+([0-9]{4})")
EIGHT_DIGITS = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")
FIRST_YEAR, LAST_YEAR = 1900, 2200
_NO_NUMBER = N_("Write a number for “%(question)s”, such as %(example)s.")
_NO_WHOLE = N_("Write a whole number for “%(question)s”, such as %(example)s.")
_DECIMALS = N_("Write at most %(limit)s digits after the comma for “%(question)s”.")
_TOO_SMALL = N_("Write %(limit)s or more for “%(question)s”.")
_TOO_LARGE = N_("Write %(limit)s or less for “%(question)s”.")
_NO_DAY = N_("Write a date with day, month and year for “%(question)s”, such as 15.03.2026.")
_TOO_EARLY = N_("Write %(limit)s or a later date for “%(question)s”.")
_TOO_LATE = N_("Write %(limit)s or an earlier date for “%(question)s”.")
EXAMPLE = "3"


def read_number(question: Question, form: Form) -> Answers:
    """Return `{code: int}`, or `{code: float}` where the question takes decimals."""
    typed = next(iter(form.get(question.code, ())), "").strip()
    if not typed:
        return {}
    decimals = question.decimals or 0
    if not NUMBER.fullmatch(typed):
        message = _NO_NUMBER if decimals else _NO_WHOLE
        raise Unreadable(question, message, example=EXAMPLE)
    number = Decimal(typed.replace(",", "."))
    _check_decimals(question, number, decimals)
    _check_bounds(question, number)
    return {question.code: float(number) if decimals else int(number)}


def read_day(question: Question, form: Form) -> Answers:
    """Return `{code: ISO date}` of what was typed as ISO or as day, month, year."""
    typed = next(iter(form.get(question.code, ())), "").strip()
    if not typed:
        return {}
    day = parse_day(typed)
    if day is None:
        raise Unreadable(question, _NO_DAY)
    if question.min and day < date.fromisoformat(question.min):
        raise Unreadable(question, _TOO_EARLY, limit=write_day(question.min))
    if question.max and day > date.fromisoformat(question.max):
        raise Unreadable(question, _TOO_LATE, limit=write_day(question.max))
    return {question.code: day.isoformat()}


def parse_day(typed: str) -> date | None:
    """Return the day that `2026-03-15`, `15.03.2026`, `15/3/2026` or `15032026` names, or None."""
    iso = ISO_DAY.fullmatch(typed)
    found = iso or TYPED_DAY.fullmatch(typed) or EIGHT_DIGITS.fullmatch(typed)
    if found is None:
        return None
    year, month, day = found.groups() if iso else reversed(found.groups())
    if not FIRST_YEAR <= int(year) <= LAST_YEAR:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def write_day(iso: str) -> str:
    """Return an ISO date as 15.03.2026, the way it is asked for."""
    return f"{date.fromisoformat(iso):%d.%m.%Y}"


def _check_decimals(question: Question, number: Decimal, decimals: int) -> None:
    exponent = number.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > decimals:
        if not decimals:
            raise Unreadable(question, _NO_WHOLE, example=EXAMPLE)
        raise Unreadable(question, _DECIMALS, limit=decimals)


def _check_bounds(question: Question, number: Decimal) -> None:
    if question.min is not None and number < Decimal(question.min):
        raise Unreadable(question, _TOO_SMALL, limit=question.min)
    if question.max is not None and number > Decimal(question.max):
        raise Unreadable(question, _TOO_LARGE, limit=question.max)
