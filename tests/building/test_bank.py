from datetime import timedelta

from sqlalchemy.orm import Session

from surveys.building.bank import list_bank
from tests.conftest import NOW
from tests.factories import make_document, make_survey
from tests.questions import make_fields


def test_bank_begins_with_the_shipped_questions(session: Session) -> None:
    bank = list_bank(session)

    assert [entry.code for entry in bank][:2] == ["nps", "satisfaction"]
    assert bank[0].group == {"tr": "Genel değerlendirme", "en": "Overall"}


def test_bank_tells_which_launched_surveys_asked_a_question(session: Session) -> None:
    older = make_survey(session)
    newer = make_survey(session, launched_at=NOW + timedelta(days=1))
    make_survey(session, launched_at=None)

    assert list_bank(session)[0].asked_in == [newer.code, older.code]


def test_question_of_a_survey_comes_without_its_condition(session: Session) -> None:
    field = make_fields("city", "short_text", required=True, show_if={"question": "nps", "in": [9]})
    sections = [{"title": {"tr": "Genel"}, "questions": [field]}]
    make_survey(session, document=make_document(sections=sections))

    entry = list_bank(session)[-1]

    assert (entry.code, entry.group) == ("city", None)
    assert set(entry.question) == {"code", "type", "text"}


def test_demo_surveys_fill_the_bank_of_demo_surveys_alone(session: Session) -> None:
    survey = make_survey(session, is_demo=True)

    assert list_bank(session)[0].asked_in == []
    assert list_bank(session, is_demo=True)[0].asked_in == [survey.code]
