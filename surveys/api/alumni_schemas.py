"""What a graduate looks like on the wire: as they are pushed, and what became of each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from marshmallow import fields

from surveys.api.fields import Boolean, Integer, List, Named, SafeString, Schema
from surveys.api.times import write_instant
from surveys.api.words import wanted_language
from surveys.reporting.wire import Document
from surveys.roster.outcomes import OUTCOMES, tell_fault
from surveys.roster.running import BATCH_ROWS, RowOutcome

LONGEST_VALUE = 1_000
PERSON = {
    "given_name": "Ayşe",
    "family_name": "Yıldız",
    "email": "ayse.yildiz@example.com",
    "unit": "Teknoloji Fakültesi",
    "programme": "Mekatronik",
    "degree": "Lisans",
    "graduation_year": 2024,
    "language": "tr",
    "attributes": {"Şehir": "Isparta"},
}
KEY = "1821012045"
FAULT = {
    "pointer": "/email",
    "code": "bad_email",
    "detail": "Geçerli bir e-posta adresi değil.",
    "is_kept": True,
}
RESULT = {"row": 1, "external_id": KEY, "outcome": "created", "faults": []}


def _text(description: str | None = None) -> SafeString:
    described = {"description": description} if description else {}
    return SafeString(max_length=LONGEST_VALUE, allow_none=True, metadata=described)


class PersonSchema(Schema):
    """A graduate. What is left out stays as it is; null empties it."""

    given_name = _text()
    family_name = _text()
    email = _text()
    phone = _text()
    unit = _text("Faculty, institute or school.")
    programme = _text()
    degree = _text()
    graduation_date = _text("`2024-06-14`; the year follows from it.")
    graduation_year = Integer(lowest=1, highest=9999, allow_none=True)
    gender = _text()
    language = _text("`tr` or `en`: the language of the mails.")
    attributes = Named(
        keys=SafeString(min_length=1, max_length=LONGEST_VALUE),
        values=_text(),
        metadata={"description": "What the roster has no field for, each a text."},
    )


class BatchSchema(Schema):
    """Up to a thousand graduates, each with `external_id` and the fields of the single one."""

    people = List(fields.Dict(), fewest=1, most=BATCH_ROWS, required=True)
    dry_run = Boolean(
        load_default=False, metadata={"description": "Count and check only; keep nothing."}
    )


class PersonFaultSchema(Schema):
    """What is wrong with a person, and where; `is_kept`: they were taken in without it."""

    pointer = fields.String(required=True)
    code = fields.String(required=True)
    detail = fields.String(required=True)
    is_kept = fields.Boolean(required=True)


class PushedPersonSchema(Schema):
    """What became of one person."""

    object = fields.Constant("alumnus", required=True)
    external_id = fields.String(required=True)
    outcome = fields.String(required=True, metadata={"enum": [*OUTCOMES]})
    registered_at = fields.AwareDateTime(required=True)
    updated_at = fields.AwareDateTime(required=True)
    faults = fields.List(fields.Nested(PersonFaultSchema), required=True)


class RowResultSchema(Schema):
    """What became of one row, counted from 1."""

    row = fields.Integer(required=True)
    external_id = fields.String(required=True, allow_none=True)
    outcome = fields.String(required=True, metadata={"enum": [*OUTCOMES]})
    faults = fields.List(fields.Nested(PersonFaultSchema), required=True)


class BatchResultSchema(Schema):
    """What became of a batch: read = created + updated + unchanged + rejected."""

    object = fields.Constant("alumni_batch", required=True)
    dry_run = fields.Boolean(required=True)
    read = fields.Integer(required=True)
    created = fields.Integer(required=True)
    updated = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)
    rejected = fields.Integer(required=True)
    results = fields.List(fields.Nested(RowResultSchema), required=True)


def result_document(outcome: RowOutcome) -> Document:
    """Return what became of one row."""
    language = wanted_language()
    return {
        "row": outcome.number,
        "external_id": outcome.key,
        "outcome": outcome.outcome,
        "faults": [tell_fault(fault, language) for fault in outcome.faults],
    }


def person_document(
    outcome: RowOutcome, *, registered_at: datetime, updated_at: datetime
) -> Document:
    """Return what became of one person who was taken in."""
    told: dict[str, Any] = result_document(outcome)
    return {
        "object": "alumnus",
        "external_id": told["external_id"],
        "outcome": told["outcome"],
        "registered_at": write_instant(registered_at),
        "updated_at": write_instant(updated_at),
        "faults": told["faults"],
    }


def batch_document(
    counts: dict[str, int], outcomes: Sequence[RowOutcome], *, is_dry_run: bool
) -> Document:
    """Return what became of a batch."""
    return {
        "object": "alumni_batch",
        "dry_run": is_dry_run,
        **counts,
        "results": [result_document(outcome) for outcome in outcomes],
    }
