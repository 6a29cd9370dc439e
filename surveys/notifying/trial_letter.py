"""The test of a mailing: what its people will get, sent to the member of staff who asked for it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Alumnus, Mailing, StaffMail, StaffMailKind, Survey
from surveys.delivery.rendering import render
from surveys.inviting.sample import draft_mailing, make_sample
from surveys.notifying.letters import Context, StaffLetter
from surveys.notifying.queueing import queue_mail

MARKS = {"tr": "[Deneme]", "en": "[Test]"}


def queue_test(
    session: Session, *, staff_id: int, survey: Survey, params: dict[str, object], now: datetime
) -> StaffMail | None:
    """Queue a test of one mailing; None when the same was asked for in the same moment.

    `params`: `language`, `person_id` (or None), and `index` of a draft's mailing or `mailing_id`.
    """
    return queue_mail(
        session,
        staff_id=staff_id,
        kind=StaffMailKind.TEST,
        key=f"{survey.code}:{now.isoformat()}",
        params={**params, "survey_id": survey.id},
        now=now,
    )


def list_tests(session: Session, *, survey: Survey) -> Sequence[StaffMail]:
    """Return the tests of a survey's mailings, whoever asked for them, the newest first."""
    return session.scalars(
        select(StaffMail)
        .where(
            StaffMail.kind == StaffMailKind.TEST,
            StaffMail.key.startswith(f"{survey.code}:", autoescape=True),
        )
        .order_by(StaffMail.id.desc())
    ).all()


def write_test_letter(session: Session, mail: StaffMail, context: Context) -> StaffLetter | None:
    """Return the mail that a person of the audience would get; None when the mailing is gone.

    Raises PlaceholderEmpty: then the people of the audience would get none either.
    """
    survey = session.get(Survey, mail.params["survey_id"])
    mailing = _find_mailing(session, survey, mail) if survey else None
    if mailing is None:
        return None
    person_id, language = mail.params["person_id"], mail.params["language"]
    person = session.get(Alumnus, person_id) if person_id else None
    sample = make_sample(mailing, person=person, language=language, house=context.house)
    rendered = render(sample.letter, person=sample.person, links=sample.links)
    return StaffLetter(
        subject=f"{MARKS[language]} {rendered.subject}", text=rendered.text, html=rendered.html
    )


def _find_mailing(session: Session, survey: Survey, mail: StaffMail) -> Mailing | None:
    if mail.params.get("mailing_id") is None:
        return None if survey.launched_at else draft_mailing(survey, mail.params["index"])
    mailing = session.get(Mailing, mail.params["mailing_id"])
    return mailing if mailing and mailing.survey_id == survey.id else None
