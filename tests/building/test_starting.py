from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from surveys.building.cleaning import EditRefused
from surveys.building.definition import from_document
from surveys.building.problems import list_problems
from surveys.building.shipped import TemplateUnknown, get_template, list_groups, list_templates
from surveys.building.starting import NewDraft, start_draft
from surveys.building.working_days import is_working_day, next_working_day
from tests.building.drafts import AYSE, make_draft
from tests.conftest import NOW

TITLE = {"tr": "Mezun İzleme Çalışması", "en": "Graduate tracking"}


@pytest.mark.parametrize("code", [template.code for template in list_templates()])
def test_template_starts_a_survey_without_any_problem(session: Session, code: str) -> None:
    draft = make_draft(session, template=code)

    problems = list_problems(draft.definition)

    assert (problems.blocking, problems.warnings) == ([], [])


def test_templates_ask_what_they_promise() -> None:
    counts = {t.code: (t.question_count, t.minutes) for t in list_templates()}

    assert counts == {"core": (8, 2), "event": (5, 2), "pulse": (3, 1)}


def test_every_question_of_the_bank_has_a_code_of_its_own() -> None:
    codes = [question["code"] for group in list_groups() for question in group.questions]

    assert len(codes) == len(set(codes)) > 20


def test_questions_of_the_bank_are_without_any_problem(session: Session) -> None:
    document = dict(make_draft(session).definition)
    document["sections"] = [
        {"title": group.title, "questions": list(group.questions)} for group in list_groups()
    ]

    problems = list_problems(document)

    assert (problems.blocking, problems.warnings) == ([], [])


def test_income_may_be_left_unsaid() -> None:
    questions = {q["code"]: q for group in list_groups() for q in group.questions}

    for code in ("income_band", "first_wage"):
        assert questions[code]["options"][-1]["text"]["tr"] == "Belirtmek istemiyorum"


def test_survey_opens_on_the_next_working_day_for_five_weeks(session: Session) -> None:
    friday = datetime(2026, 11, 27, 20, tzinfo=UTC)

    draft = start_draft(session, new=NewDraft(TITLE, template="core"), actor=AYSE, now=friday)

    assert draft.definition["opens_at"] == "2026-11-30T10:00"
    assert draft.definition["closes_at"] == "2027-01-04T23:59"


def test_no_reminder_falls_on_a_day_off(session: Session) -> None:
    new_year = datetime(2026, 12, 24, 9, tzinfo=UTC)

    draft = start_draft(session, new=NewDraft(TITLE, template="core"), actor=AYSE, now=new_year)

    assert draft.definition["mailings"][0]["at"] == "2026-12-25T10:00"
    assert [m["after_days"] for m in draft.definition["mailings"][1:]] == [10, 17, 24]


def test_survey_without_a_template_begins_empty(session: Session) -> None:
    draft = make_draft(session, template=None)

    faults = {fault.place for fault in list_problems(draft.definition).blocking}

    assert "sections[0].questions" in faults
    assert from_document(draft.definition).sections[0].questions == []


def test_code_is_made_of_the_title_and_free(session: Session) -> None:
    codes = [start_draft(session, new=NewDraft(TITLE), actor=AYSE, now=NOW).code for _ in range(2)]

    assert codes == ["mezun-izleme-calismasi", "mezun-izleme-calismasi-2"]


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"title": {"en": "Only English"}}, "title.tr"),
        ({"title": {"tr": "x" * 201}}, "title.tr"),
        ({"languages": []}, "languages"),
        ({"code": "Anket 1"}, "code"),
        ({"code": "TAKEN"}, "code"),
    ],
)
def test_impossible_start_is_refused(session: Session, over: dict[str, object], field: str) -> None:
    start_draft(session, new=NewDraft(TITLE, code="taken"), actor=AYSE, now=NOW)
    values: dict[str, object] = {"title": TITLE, **over}

    with pytest.raises(EditRefused) as caught:
        start_draft(session, new=NewDraft(**values), actor=AYSE, now=NOW)  # type: ignore[arg-type]

    assert [fault.place for fault in caught.value.faults] == [field]


def test_unknown_template_is_refused() -> None:
    with pytest.raises(TemplateUnknown):
        get_template("employers")


def test_working_days_leave_out_weekends_and_holidays() -> None:
    assert not is_working_day(date(2026, 10, 29))
    assert next_working_day(date(2026, 10, 28)) == date(2026, 10, 28)
    assert next_working_day(date(2027, 1, 1)) == date(2027, 1, 4)
