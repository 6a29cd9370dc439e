"""The form in which staff say what each column of their list is."""

from collections.abc import Mapping
from dataclasses import dataclass

from models import Document
from surveys.errors import N_
from surveys.roster.fields import FIELD_LABELS, Field, Meaning, NoField
from surveys.web.words import gettext

MEANING_LABELS = {
    **{field.value: label for field, label in FIELD_LABELS.items()},
    NoField.ATTRIBUTE.value: N_("Keep as further information"),
    NoField.NOTHING.value: N_("Leave out"),
}


@dataclass(frozen=True)
class ColumnRow:
    """One column of the list: its form field, heading, first values, and what it is taken for."""

    name: str
    heading: str
    values: list[str]
    meaning: str


def list_columns(sample: Document, mapping: Mapping[str, object]) -> list[ColumnRow]:
    """Return the columns that have a heading, with what `mapping` says of each."""
    return [
        ColumnRow(
            name=f"column-{index}",
            heading=heading,
            values=[row[index] for row in sample["rows"] if index < len(row)],
            meaning=str(mapping.get(heading, NoField.ATTRIBUTE)),
        )
        for index, heading in enumerate(sample["headings"])
        if heading
    ]


def list_meanings() -> list[tuple[str, str]]:
    """Return what a column can be, in words of the page's language."""
    return [(meaning, gettext(label)) for meaning, label in MEANING_LABELS.items()]


def read_columns(sample: Document, form: Mapping[str, str]) -> dict[str, Meaning]:
    """Return heading → meaning as the form says; what it doesn't know is kept as an attribute."""
    known: dict[str, Meaning] = {meaning.value: meaning for meaning in (*Field, *NoField)}
    return {
        row.heading: known.get(form.get(row.name, ""), NoField.ATTRIBUTE)
        for row in list_columns(sample, {})
    }
