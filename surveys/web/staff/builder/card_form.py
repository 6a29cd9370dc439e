"""The form of the one card that is open: its fields, what is wrong in them, earlier questions."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surveys.answering.choices import list_values
from surveys.building.cleaning import EditRefused
from surveys.building.conditions import NUMERIC
from surveys.building.definition import QuestionType
from surveys.web.respondent.conditions import say_value
from surveys.web.staff.builder.cards import Card, Column
from surveys.web.staff.builder.question_fields import Fields, count_rows, first
from surveys.web.words import gettext

FEWEST_ROWS = 3


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """An earlier question on which a condition can rest. `choices`: (answer, words)."""

    code: str
    label: str
    is_numeric: bool
    choices: Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class CardForm:
    """What the open card shows. `kind` is the type whose fields stand there.

    `blank`: the key whose last row, the empty one, is to be written next.
    """

    code: str
    kind: str
    fields: Fields
    errors: Mapping[str, str]
    triggers: Sequence[Trigger]
    languages: Sequence[str]
    blank: str = ""

    def value(self, name: str) -> str:
        """Return what stands in a field."""
        return first(self.fields, name)

    def has(self, name: str) -> bool:
        """Tell whether a box is ticked."""
        return name in self.fields

    def count(self, key: str) -> int:
        """Return how many rows stand in the draft."""
        return count_rows(self.fields, key)

    def rows(self, key: str) -> range:
        """Return the rows of options or items; the last is blank, for one more."""
        return range(max(self.count(key) + 1, FEWEST_ROWS))

    @property
    def trigger(self) -> Trigger | None:
        """The question on which the condition rests now."""
        chosen = self.value("show_if.question")
        return next((trigger for trigger in self.triggers if trigger.code == chosen), None)


def make_card_form(
    column: Column,
    card: Card,
    *,
    fields: Fields,
    languages: Sequence[str],
    errors: Mapping[str, str] | None = None,
    blank: str = "",
) -> CardForm:
    """Return the form of `card` with `fields`, what was typed or what stands in the draft."""
    cards = column.card_by_code.values()
    earlier = [c for c in cards if c.number < card.number and c.question.type != QuestionType.NOTE]
    return CardForm(
        code=card.code,
        kind=first(fields, "type"),
        fields=fields,
        errors=errors or {},
        triggers=[_make_trigger(known) for known in earlier],
        languages=languages,
        blank=blank,
    )


def name_faults(refusal: EditRefused) -> dict[str, str]:
    """Return the sentences of a refusal by field: `options[0].code` → `options.0.code`."""
    return {
        re.sub(r"\[([0-9]+)\]", r".\1", fault.place): gettext(fault.message, **fault.params)
        for fault in refusal.faults
    }


def _make_trigger(card: Card) -> Trigger:
    question = card.question
    return Trigger(
        code=card.code,
        label=f"{card.number}. {card.text}",
        is_numeric=question.type in NUMERIC,
        choices=[(value, say_value(question, value)) for value in list_values(question)],
    )
