"""What a correction or a change of meaning does to those who answered and those who have not."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Survey, SurveyRevision, SurveyVersion
from surveys.building.applying import apply_all
from surveys.building.faults import DefinitionRefused
from surveys.building.operations import AddQuestion, DeleteQuestion, Operation, SetQuestion
from surveys.inviting.correcting import Revised, VersionChanged, revise
from surveys.inviting.lifecycle import SurveyNotLaunched, SurveyOver
from tests.building.documents import make_full_document, text
from tests.conftest import NOW
from tests.factories import make_invitation, make_mailing, make_survey

WORDS = SetQuestion("nps", {"text": text("Önerir miydiniz?")})
MEANING = AddQuestion(0, {"type": "yes_no", "code": "moved", "text": text("Taşındınız mı?")})


def start(session: Session, **over: Any) -> Survey:
    return make_survey(session, document=make_full_document(), **over)


def do(session: Session, survey: Survey, *operations: Operation, **over: Any) -> Revised | None:
    document = apply_all(operations, survey.definition)
    values = {"base_number": 1, "now": NOW, **over}
    return revise(session, survey=survey, document=document, actor="staff:1", **values)


def test_correction_is_the_next_version(session: Session) -> None:
    survey = start(session)

    revised = do(session, survey, WORDS)

    assert revised is not None
    assert (revised.version.number, revised.version.is_correction) == (2, True)
    first, second = session.scalars(select(SurveyVersion).order_by(SurveyVersion.number))
    assert first.definition == make_full_document()
    assert second.definition["sections"][0]["questions"][0]["text"] == text("Önerir miydiniz?")


def test_change_of_meaning_is_a_version_and_no_correction(session: Session) -> None:
    revised = do(session, start(session), WORDS, MEANING)

    assert revised is not None
    assert not revised.version.is_correction


def test_nothing_is_published_when_nothing_differs(session: Session) -> None:
    survey = start(session)

    assert do(session, survey) is None
    assert len(survey.versions) == 1


def test_only_those_who_have_not_answered_get_the_new_version(session: Session) -> None:
    survey = start(session)
    waiting = make_invitation(session, survey=survey)
    answered = make_invitation(session, survey=survey, started_at=NOW, responded_at=NOW)

    revised = do(session, survey, WORDS)

    assert revised is not None
    assert revised.invitation_count == 1
    session.expire_all()
    assert waiting.survey_version.number == 2
    assert answered.survey_version.number == 1


def test_times_people_and_mails_stay_as_they_are(session: Session) -> None:
    survey = start(session)
    other = {**survey.definition, "closes_at": "2030-01-01T10:00", "audience": {}, "mailings": []}
    document = apply_all([WORDS], other)
    closes_at = survey.closes_at

    revise(session, survey=survey, document=document, base_number=1, actor="cli", now=NOW)

    assert survey.versions[-1].definition["audience"] == make_full_document()["audience"]
    assert len(survey.versions[-1].definition["mailings"]) == 3
    assert survey.closes_at == closes_at


def test_question_in_the_mail_says_the_new_words(session: Session) -> None:
    survey = start(session)
    mailing = make_mailing(session, survey=survey, question={"code": "nps", "text": text("nps")})
    reminder = make_mailing(session, survey=survey, kind="reminder")

    do(session, survey, WORDS)

    assert mailing.question is not None
    assert mailing.question["text"] == text("Önerir miydiniz?")
    assert (mailing.revision, reminder.revision, reminder.question) == (2, 1, None)


def test_correction_stands_in_the_history(session: Session) -> None:
    survey = start(session)

    do(session, survey, WORDS)

    revision = session.scalars(select(SurveyRevision)).one()
    assert (revision.number, revision.action) == (2, "survey.correct")
    assert revision.details == {"version": 2, "is_correction": True}


def test_second_person_is_told_of_the_first_ones_version(session: Session) -> None:
    survey = start(session)
    do(session, survey, WORDS)

    with pytest.raises(VersionChanged):
        do(session, survey, MEANING)


def test_faulty_questions_are_refused(session: Session) -> None:
    survey = start(session)

    with pytest.raises(DefinitionRefused) as caught:
        do(session, survey, DeleteQuestion("status"))

    assert [fault.subject for fault in caught.value.faults] == ["question:used"]
    assert len(survey.versions) == 1


def test_draft_and_closed_survey_are_not_corrected(session: Session) -> None:
    draft = start(session, launched_at=None)
    with pytest.raises(SurveyNotLaunched):
        do(session, draft, WORDS)
    draft.launched_at = NOW

    with pytest.raises(SurveyOver):
        do(session, draft, WORDS, now=NOW + timedelta(days=99))
