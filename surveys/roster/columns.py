"""Which column of a file is which field.

Enters: the headings of a file and what the user mapped. Leaves: columns, or a refusal that says
which heading to change. Refuses columns of T.C. identity numbers by their name.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from surveys.errors import N_, DonutError
from surveys.roster.cells import FORBIDDEN
from surveys.roster.fields import (
    POSSIBLE_HEADINGS,
    REASON_HEADINGS,
    Field,
    Meaning,
    NoField,
    find_field,
    is_identity_heading,
    normalise_heading,
)

LISTED_HEADINGS = 20
HEADING_LENGTH = 100


class NoKeyColumn(DonutError):
    """No heading says which column holds the key."""

    code: ClassVar[str] = "no_key_column"
    message: ClassVar[str] = N_(
        "No column holds the graduates' key, such as the student number. Headings found:"
        " %(found)s. Say which one it is."
    )


class TwoColumnsForField(DonutError):
    """Two headings mean the same field."""

    code: ClassVar[str] = "two_columns_for_field"
    message: ClassVar[str] = N_(
        "The columns “%(first)s” and “%(second)s” both mean %(field)s. Choose one of them."
    )


class MappedColumnMissing(DonutError):
    """The user mapped a column that the file lacks."""

    code: ClassVar[str] = "mapped_column_missing"
    message: ClassVar[str] = N_("There is no column “%(column)s”. Headings found: %(found)s.")


class IdentityNumberColumn(DonutError):
    """A column holds T.C. identity numbers, by its name or by its values."""

    code: ClassVar[str] = "identity_number_column"
    message: ClassVar[str] = N_(
        "The column “%(column)s” holds T.C. identity numbers, which are never taken in. Delete the"
        " column and import the file again."
    )


class IdentityNumberKey(IdentityNumberColumn):
    """The column of T.C. identity numbers is the one that would be the key."""

    code: ClassVar[str] = "identity_number_key"
    message: ClassVar[str] = N_(
        "The column “%(column)s” holds T.C. identity numbers, which are never taken in, not even as"
        " the key. Put the student numbers into the list and delete “%(column)s”."
    )


@dataclass(frozen=True)
class Column:
    """One column: where it stands, its heading as typed, and its field (None: an attribute)."""

    index: int
    heading: str
    field: Field | None


def count_known(headings: Sequence[str], mapping: Mapping[str, Meaning]) -> int:
    """Return how many of these cells are headings that we know; how a header row is found."""
    mapped = {normalise_heading(name) for name in mapping}
    return sum(
        find_field(cell) is not None or normalise_heading(cell) in mapped
        for cell in headings
        if cell
    )


def has_key(headings: Sequence[str], mapping: Mapping[str, Meaning]) -> bool:
    """Tell whether a row names the key column."""
    return Field.EXTERNAL_ID in find_fields(headings, mapping).values()


def match_columns(headings: Sequence[str], mapping: Mapping[str, Meaning]) -> list[Column]:
    """Return the columns to take in; what has no heading, and our own reason column, is left.

    `mapping`: heading → meaning; it beats what the headings say by themselves. Raises NoKeyColumn,
    TwoColumnsForField, MappedColumnMissing, IdentityNumberColumn.
    """
    fields = find_fields(headings, mapping)
    refuse_identity_headings(headings, fields)
    _refuse_missing(headings, mapping)
    _refuse_twins(headings, fields)
    if Field.EXTERNAL_ID not in fields.values():
        raise NoKeyColumn(found=list_headings(headings))
    left_out = REASON_HEADINGS | {
        normalise_heading(name) for name, meant in mapping.items() if meant is NoField.NOTHING
    }
    names = _unique(headings)
    return [
        Column(index, names[index], fields.get(index))
        for index, heading in enumerate(headings)
        if heading.strip() and normalise_heading(heading) not in left_out
    ]


def list_headings(headings: Sequence[str]) -> str:
    """Return headings for a message; without what looks like somebody's data.

    A row in which no heading is known may be a person's.
    """
    if not any(
        find_field(text) or normalise_heading(text) in POSSIBLE_HEADINGS for text in headings
    ):
        return "–"
    texts = [FORBIDDEN.sub("", text).strip()[:HEADING_LENGTH] for text in headings]
    harmless = [t for t in texts if t and "@" not in t and sum(map(str.isdigit, t)) <= 4]  # noqa: PLR2004 - a year
    return ", ".join(harmless[:LISTED_HEADINGS]) or "–"


def find_fields(headings: Sequence[str], mapping: Mapping[str, Meaning]) -> dict[int, Field]:
    """Return column → field: what was mapped; else what headings mean for certain, or may mean."""
    mapped = {normalise_heading(name): meant for name, meant in mapping.items()}
    plain = [normalise_heading(heading) for heading in headings]
    meant = [mapped.get(text) for text in plain]
    found = {i: field for i, field in enumerate(meant) if isinstance(field, Field)}
    settled = set(mapped.values())
    for i, heading in enumerate(headings):
        field = find_field(heading)
        if meant[i] is None and field is not None and field not in settled:
            found[i] = field
    settled = set(found.values())
    for i, text in enumerate(plain):
        field = POSSIBLE_HEADINGS.get(text)
        if meant[i] is None and i not in found and field is not None and field not in settled:
            found[i] = field
    return found


def refuse_identity_headings(headings: Sequence[str], fields: Mapping[int, Field]) -> None:
    """Raise IdentityNumberColumn for a heading that names the T.C. number; `fields` by column."""
    has_other_key = Field.EXTERNAL_ID in fields.values()
    for index, heading in enumerate(headings):
        if is_identity_heading(heading):
            if fields.get(index) is Field.EXTERNAL_ID or not has_other_key:
                raise IdentityNumberKey(column=heading.strip())
            raise IdentityNumberColumn(column=heading.strip())


def _refuse_missing(headings: Sequence[str], mapping: Mapping[str, Meaning]) -> None:
    plain = {normalise_heading(heading) for heading in headings}
    for name in mapping:
        if normalise_heading(name) not in plain:
            raise MappedColumnMissing(column=name, found=list_headings(headings))


def _refuse_twins(headings: Sequence[str], fields: Mapping[int, Field]) -> None:
    first_by_field: dict[Field, int] = {}
    for index, field in sorted(fields.items()):
        first = first_by_field.setdefault(field, index)
        if first != index:
            raise TwoColumnsForField(
                first=headings[first].strip(), second=headings[index].strip(), field=field.value
            )


def _unique(headings: Sequence[str]) -> list[str]:
    """Return the headings, trimmed, a repeated one with its number: Not, Not (2)."""
    seen: Counter[str] = Counter()
    names = []
    for heading in headings:
        name = FORBIDDEN.sub("", " ".join(heading.split()))[:HEADING_LENGTH]
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names
