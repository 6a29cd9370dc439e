"""Whom one outbox row is for, and which letter they get: all that a mail takes from the roster."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from models import Alumnus, Base, Invitation
from surveys.delivery.placeholders import Person
from surveys.delivery.writing import Addressee

_invitation, _alumnus, _mailing = (
    Base.metadata.tables[name].c for name in ("invitation", "alumnus", "mailing")
)
COLUMNS = (
    _mailing.revision.label("mailing_revision"),
    _invitation.public_id,
    _invitation.token_epoch,
    _invitation.language,
    _alumnus.email,
    _alumnus.given_name,
    _alumnus.family_name,
    _alumnus.programme,
    _alumnus.unit,
    _alumnus.graduation_year,
)


@dataclass(frozen=True)
class Addressed:
    """The person, the mailing as staff left it, the language. Two that are equal get one mail."""

    mailing_id: int
    mailing_revision: int
    language: str
    addressee: Addressee


def read_addressed(row: Row[*tuple[Any, ...]]) -> Addressed:
    """Return what `row` says: `COLUMNS`, `message_id` and `mailing_id`, with an address in it."""
    return Addressed(
        mailing_id=row.mailing_id,
        mailing_revision=row.mailing_revision,
        language=row.language,
        addressee=Addressee(
            message_id=row.message_id,
            public_id=row.public_id,
            token_epoch=row.token_epoch,
            address=row.email,
            person=Person(
                given_name=row.given_name,
                family_name=row.family_name,
                programme=row.programme,
                unit=row.unit,
                graduation_year=row.graduation_year,
            ),
        ),
    )


def read_domain(session: Session, *, invitation_id: int) -> str:
    """Return the domain of the person's address, "" when there is none any more."""
    address = session.scalar(
        select(Alumnus.email).join(Invitation).where(Invitation.id == invitation_id)
    )
    return (address or "").rpartition("@")[2]
