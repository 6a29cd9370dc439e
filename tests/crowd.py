"""Many people at once: rows by the thousand without a flush each."""

from collections.abc import Sequence
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from models import Alumnus, Invitation, Survey
from tests.conftest import NOW

_number = count(1)


def add_people(session: Session, number: int, **over: Any) -> Sequence[int]:
    """Register `number` graduates; return their ids."""
    values = {"registered_at": NOW, "updated_at": NOW, "attributes": {}}
    known = set(session.scalars(select(Alumnus.id)))
    keys = [f"p{next(_number)}" for _ in range(number)]
    rows = [{**values, "external_id": key, "email": f"{key}@example.com", **over} for key in keys]
    session.execute(insert(Alumnus), rows)
    return [i for i in session.scalars(select(Alumnus.id).order_by(Alumnus.id)) if i not in known]


def invite_all(session: Session, survey: Survey, people: Sequence[int], **over: Any) -> None:
    """Invite people to a survey; nobody has reacted."""
    values = {
        "survey_id": survey.id,
        "survey_version_id": survey.versions[-1].id,
        "created_at": NOW,
        "mail_state": "sent",
        **over,
    }
    rows = [
        {**values, "alumnus_id": person, "public_id": f"{next(_number):016x}"} for person in people
    ]
    session.execute(insert(Invitation), rows)


def answer_all(
    session: Session, survey: Survey, people: Sequence[int], *, at: datetime = NOW
) -> None:
    """Let invited people finish at `at`."""
    session.execute(
        update(Invitation)
        .where(Invitation.survey_id == survey.id, Invitation.alumnus_id.in_(people))
        .values(started_at=at, responded_at=at, answered_count=9, applicable_count=10)
    )
    session.expire_all()
