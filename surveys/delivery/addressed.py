"""Whom one outbox row is for, read in one query while it is being sent."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from models import Alumnus, Invitation, Message
from surveys.delivery.placeholders import Person
from surveys.delivery.writing import Addressee, AddressMissing


@dataclass(frozen=True)
class Addressed:
    """The person, and which letter they get."""

    mailing_id: int
    language: str
    addressee: Addressee


def read_addressed(session: Session, *, message_id: int) -> Addressed:
    """Return whom the message is for.

    Raises AddressMissing when the roster has no address any more.
    """
    row = session.execute(_people(), {"message_id": message_id}).one()
    if row.email is None:
        raise AddressMissing
    return Addressed(
        mailing_id=row.mailing_id,
        language=row.language,
        addressee=Addressee(
            message_id=message_id,
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


# Built once: building it takes longer than the database needs to run it.
@cache
def _people() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Message.mailing_id,
            Invitation.public_id,
            Invitation.token_epoch,
            Invitation.language,
            Alumnus.email,
            Alumnus.given_name,
            Alumnus.family_name,
            Alumnus.programme,
            Alumnus.unit,
            Alumnus.graduation_year,
        )
        .join(Message.invitation)
        .join(Invitation.alumnus)
        .where(Message.id == bindparam("message_id"))
    )
