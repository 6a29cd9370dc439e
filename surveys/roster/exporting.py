"""One person → everything that is held about them, as one document to hand over.

Dates and instants stay what they are: the edge that prints the document writes them.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    Alumnus,
    AuditEntry,
    Draft,
    Invitation,
    Mailing,
    ManualDisposition,
    Message,
    Response,
    Suppression,
    Survey,
)
from surveys.roster.fields import Field

Document = dict[str, Any]
INVITATION_COLUMNS = [
    "language",
    "unit",
    "programme",
    "degree",
    "graduation_year",
    "created_at",
    "mail_state",
    "mailed_at",
    "started_at",
    "responded_at",
    "declined_at",
    "answered_count",
    "applicable_count",
    "manual_code",
]
OUTCOME_COLUMNS = ["kind", "reason", "happened_on", "created_at", "withdrawn_at"]
SUPPRESSION_COLUMNS = ["reason", "note", "created_at", "lifted_note", "lifted_at"]
MESSAGE_COLUMNS = ["state", "reason", "due_at", "sent_at", "smtp_code", "smtp_text"]


def describe_person(person: Alumnus) -> Document:
    """Return the roster's fields of a person, their attributes, and since when they are held."""
    return {
        **{field.value: getattr(person, field) for field in Field},
        "email_fault": person.email_fault,
        "attributes": person.attributes,
        "ineligible_at": person.ineligible_at,
        "is_demo": person.is_demo,
        "registered_at": person.registered_at,
        "updated_at": person.updated_at,
    }


def export_person(session: Session, *, person: Alumnus) -> Document:
    """Return all that is held: person, opt-outs, invitations with mails and answers, audit rows.

    `outcomes`: what staff were told of the person.
    Every survey is confidential so far, so every answer can be found by its person.
    """
    return {
        "person": describe_person(person),
        "suppressions": _list_suppressions(session, person),
        "invitations": list_invitations(session, person=person),
        "outcomes": _list_outcomes(session, person),
        "audit": _list_audit(session, person),
    }


def list_invitations(session: Session, *, person: Alumnus) -> list[Document]:
    """Return each survey that the person was asked to answer, with its mails and answers."""
    rows = session.execute(
        select(Invitation, Survey.code, Draft, Response)
        .join(Survey, Survey.id == Invitation.survey_id)
        .outerjoin(Draft, Draft.invitation_id == Invitation.id)
        .outerjoin(Response, Response.invitation_id == Invitation.id)
        .where(Invitation.alumnus_id == person.id)
        .order_by(Invitation.id)
    )
    return [
        {
            "survey": code,
            **_columns(invitation, INVITATION_COLUMNS),
            "mails": _list_mails(session, invitation),
            "draft": draft and _columns(draft, ["answers", "updated_at"]),
            "response": response
            and _columns(response, ["answers", "language", "submitted_at", "updated_at"]),
        }
        for invitation, code, draft, response in rows
    ]


def _list_mails(session: Session, invitation: Invitation) -> list[Document]:
    rows = session.execute(
        select(Message, Mailing.kind)
        .join(Mailing, Mailing.id == Message.mailing_id)
        .where(Message.invitation_id == invitation.id)
        .order_by(Message.due_at, Message.id)
    )
    return [{"kind": kind, **_columns(message, MESSAGE_COLUMNS)} for message, kind in rows]


def _list_suppressions(session: Session, person: Alumnus) -> list[Document]:
    rows = session.scalars(
        select(Suppression)
        .where(Suppression.alumnus_id == person.id)
        .order_by(Suppression.created_at)
    )
    return [_columns(row, SUPPRESSION_COLUMNS) for row in rows]


def _list_outcomes(session: Session, person: Alumnus) -> list[Document]:
    rows = session.scalars(
        select(ManualDisposition)
        .where(ManualDisposition.alumnus_id == person.id)
        .order_by(ManualDisposition.id)
    )
    return [_columns(row, OUTCOME_COLUMNS) for row in rows]


def _list_audit(session: Session, person: Alumnus) -> list[Document]:
    rows: Iterable[AuditEntry] = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.subject == audit_subject(person))
        .order_by(AuditEntry.at)
    )
    return [_columns(row, ["at", "action", "details"]) for row in rows]


def audit_subject(person: Alumnus) -> str:
    """Return the name under which the audit trail speaks of a person: no key of theirs."""
    return f"alumnus:{person.id}"


def _columns(row: object, names: Sequence[str]) -> Document:
    return {name: getattr(row, name) for name in names}
