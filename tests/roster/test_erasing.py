"""A person's erasure, what it leaves, and what is handed over before."""

import json

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from models import (
    Alumnus,
    Base,
    Draft,
    Invitation,
    ManualDisposition,
    Response,
    Suppression,
    SuppressionReason,
)
from surveys.audit import record
from surveys.roster.erasing import Erasure, erase_person
from surveys.roster.exporting import audit_subject, export_person
from surveys.roster.finding import PersonUnknown, get_person
from surveys.roster.suppression import suppress
from tests.conftest import NOW
from tests.factories import (
    make_alumnus,
    make_invitation,
    make_mailing,
    make_message,
    make_survey,
)
from tests.roster.files import KEYS

TRACES = (
    "XK-77",
    "Nurdan",
    "Alkım",
    "nurdan@example.org",
    "0555 1",
    "Tiyatro",
    "Ankara",
    "çok iyi",
    "annesi",
)


def make_person(session: Session) -> Alumnus:
    """A person with an answered survey, a draft in another, a refused mail and an opt-out."""
    person = make_alumnus(
        session,
        external_id="XK-77",
        given_name="Nurdan",
        family_name="Alkım",
        email="nurdan@example.org",
        phone="0555 1",
        programme="Tiyatro",
        attributes={"Şehir": "Ankara"},
    )
    answered, begun = (
        make_invitation(session, survey=make_survey(session), alumnus=person, started_at=NOW)
        for _ in range(2)
    )
    answered.responded_at = NOW
    mailing = make_mailing(session, survey=answered.survey)
    refusal = "550 nurdan@example.org unknown"
    make_message(session, mailing=mailing, invitation=answered, smtp_text=refusal)
    answers = {"comment": "çok iyi"}
    session.add_all([_response(answered, answers), _draft(begun, answers)])
    suppress(session, alumnus=person, keys=KEYS, reason=SuppressionReason.UNSUBSCRIBED, now=NOW)
    told = {"kind": "died", "reason": "annesi söyledi", "created_by": "x", "created_at": NOW}
    session.add(ManualDisposition(alumnus_id=person.id, **told))
    session.scalars(select(Suppression)).one().note = "annesi yazdı"
    record(session, actor="cli", action="x.y", subject=audit_subject(person), now=NOW)
    session.flush()
    return person


def _response(invitation: Invitation, answers: dict[str, str]) -> Response:
    return Response(
        invitation_id=invitation.id,
        survey_version_id=invitation.survey_version_id,
        answers=answers,
        language="tr",
        notice_version="1",
        submitted_at=NOW,
        updated_at=NOW,
    )


def _draft(invitation: Invitation, answers: dict[str, str]) -> Draft:
    return Draft(invitation_id=invitation.id, answers=answers, updated_at=NOW)


def dump(session: Session) -> str:
    """Every row of every table as text."""
    session.flush()
    rows = [tuple(row) for t in Base.metadata.tables.values() for row in session.execute(select(t))]
    return json.dumps(rows, ensure_ascii=False, default=str)


def test_erasure_leaves_no_trace_of_the_person(session: Session) -> None:
    person = make_person(session)
    before = dump(session)

    erasure = erase_person(session, person=person, keys=KEYS, now=NOW)

    assert all(trace in before for trace in TRACES)
    assert [trace for trace in TRACES if trace in dump(session)] == []
    assert erasure == Erasure(draft_count=1, response_count=1, invitation_count=2)
    assert person.erased_at == NOW
    assert person.search_text == person.sort_key == ""


def test_erasure_keeps_that_the_person_answered(session: Session) -> None:
    person = make_person(session)
    links = {i.public_id for i in session.scalars(select(Invitation))}

    erase_person(session, person=person, keys=KEYS, now=NOW)

    invitations = session.scalars(select(Invitation).order_by(Invitation.id)).all()
    assert [i.responded_at for i in invitations] == [NOW, None]
    assert links.isdisjoint(i.public_id for i in invitations)


@pytest.mark.parametrize(("others", "year", "unit"), [(3, None, None), (4, 2024, "MYO")])
def test_erasure_keeps_the_cohort_when_five_share_it(
    session: Session, others: int, year: int | None, unit: str | None
) -> None:
    survey = make_survey(session)
    people = [make_alumnus(session, unit="MYO") for _ in range(others + 1)]
    invitations = [make_invitation(session, survey=survey, alumnus=p) for p in people]

    erase_person(session, person=people[0], keys=KEYS, now=NOW)

    assert people[0].graduation_year == invitations[0].graduation_year == year
    assert invitations[0].unit == unit
    assert invitations[0].programme is None


def test_erasure_hashes_are_tied_to_nobody(session: Session) -> None:
    person = make_alumnus(session, email="a@example.com")

    erase_person(session, person=person, keys=KEYS, now=NOW)

    rows = session.scalars(select(Suppression)).all()
    assert [(row.reason, row.alumnus_id) for row in rows] == [("erased", None)] * 2


def test_person_is_unknown_after_the_erasure(session: Session) -> None:
    person = make_alumnus(session, external_id="1")
    erase_person(session, person=person, keys=KEYS, now=NOW)

    for external_id in ("1", person.external_id):
        with pytest.raises(PersonUnknown):
            get_person(session, external_id=external_id, is_demo=False)

    assert inspect(person).persistent


def test_export_holds_everything_about_the_person(session: Session) -> None:
    person = make_person(session)
    make_invitation(session, survey=make_survey(session))

    document = export_person(session, person=person)

    text = json.dumps(document, ensure_ascii=False, default=str)
    assert [trace for trace in TRACES if trace not in text] == []
    assert len(document["invitations"]) == 2
    assert document["invitations"][0]["mails"][0]["kind"] == "invitation"
    assert document["suppressions"][0]["reason"] == "unsubscribed"
    assert document["audit"][0]["action"] == "x.y"
