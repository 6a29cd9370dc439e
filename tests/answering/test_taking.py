"""One posted form after the other: saved, refused, submitted, changed."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Draft, Invitation, Response
from surveys.answering.opening import SurveyClosed, SurveyNotOpen, open_sheet
from surveys.answering.taking import Action, Outcome, Post, StaleTab, Step, take_form
from tests.conftest import NOW
from tests.factories import make_document
from tests.people import invite
from tests.questions import make_fields

LATER = NOW + timedelta(hours=2)
SECTIONS = [
    {"title": {"tr": "Bir"}, "questions": [make_fields("nps", "nps", required=True)]},
    {"title": {"tr": "İki"}, "questions": [make_fields("city", "short_text", max_length=5)]},
]


def make_person(session: Session, **over: Any) -> Invitation:
    return invite(session, document=make_document(sections=SECTIONS), **over)


def post(session: Session, invitation: Invitation, form: dict[str, str], **over: Any) -> Outcome:
    values: dict[str, Any] = {
        "action": Action.NEXT,
        "section": 0,
        "revision": None,
        "language": "tr",
        "wants_change": False,
        **over,
    }
    now = values.pop("now", NOW)
    fields = {name: [value] for name, value in form.items()}
    return take_form(session, invitation=invitation, post=Post(form=fields, **values), now=now)


def submit_all(session: Session, invitation: Invitation, **over: Any) -> Outcome:
    form = {"nps": "9", "city": "Ordu"}
    return post(session, invitation, form, action=Action.SUBMIT, section=1, **over)


def answers_of(session: Session, invitation: Invitation) -> list[dict[str, Any]]:
    query = select(Response.answers).where(Response.invitation_id == invitation.id)
    return list(session.scalars(query))


def test_next_saves_the_section_and_goes_on(session: Session) -> None:
    person = make_person(session)

    outcome = post(session, person, {"nps": "9"})

    assert (outcome.step, outcome.section, outcome.revision) == (Step.SAVED, 1, 1)
    assert session.get_one(Draft, person.id).answers == {"nps": 9}
    assert (person.started_at, person.responded_at) == (NOW, None)
    assert (person.answered_count, person.applicable_count, person.is_core_answered) == (1, 2, True)


def test_open_required_question_keeps_the_person_at_its_section(session: Session) -> None:
    outcome = post(session, make_person(session), {})

    assert (outcome.step, outcome.section) == (Step.FAULTY, 0)
    assert [fault.field for fault in outcome.faults] == ["nps"]


def test_unreadable_field_is_told_and_the_rest_is_saved(session: Session) -> None:
    person = make_person(session)

    outcome = post(session, person, {"nps": "9", "city": "Kastamonu"}, section=1)

    assert [fault.field for fault in outcome.faults] == ["city"]
    assert session.get_one(Draft, person.id).answers == {"nps": 9}


def test_back_saves_without_asking_for_what_is_required(session: Session) -> None:
    person = make_person(session)

    outcome = post(session, person, {"city": "Ordu"}, section=1, action=Action.BACK)

    assert (outcome.step, outcome.section) == (Step.SAVED, 0)
    assert session.get_one(Draft, person.id).answers == {"city": "Ordu"}


def test_submit_makes_the_one_response_and_drops_the_draft(session: Session) -> None:
    person = make_person(session)
    post(session, person, {"nps": "9"})

    outcome = submit_all(session, person, now=LATER)
    session.refresh(person)

    assert outcome.step == Step.FINISHED
    assert answers_of(session, person) == [{"nps": 9, "city": "Ordu"}]
    assert session.get(Draft, person.id) is None
    assert (person.started_at, person.responded_at) == (NOW, LATER)
    assert (person.answered_count, person.applicable_count) == (2, 2)


def test_response_names_language_version_and_notice(session: Session) -> None:
    person = make_person(session)

    submit_all(session, person, language="en")
    response = session.scalars(select(Response)).one()

    assert (response.language, response.notice_version) == ("en", "1")
    assert response.survey_version_id == person.survey_version_id
    assert person.language == "en"


def test_submit_with_a_gap_goes_to_the_section_of_the_gap(session: Session) -> None:
    outcome = post(session, make_person(session), {"city": "Ordu"}, section=1, action=Action.SUBMIT)

    assert (outcome.step, outcome.section) == (Step.FAULTY, 0)


def test_next_on_the_last_section_submits(session: Session) -> None:
    person = make_person(session)
    post(session, person, {"nps": "9"})

    assert post(session, person, {"city": ""}, section=1).step == Step.FINISHED


def test_bare_form_with_all_answers_is_submitted(session: Session) -> None:
    person = make_person(session)

    outcome = post(session, person, {"nps": "9", "city": "Ordu"}, action=Action.NONE, section=None)

    assert outcome.step == Step.FINISHED


def test_bare_form_with_some_answers_is_saved(session: Session) -> None:
    outcome = post(session, make_person(session), {"nps": "9"}, action=Action.NONE, section=None)

    assert (outcome.step, outcome.section) == (Step.SAVED, 1)


def test_second_submit_finds_the_first_and_wipes_nothing(session: Session) -> None:
    person = make_person(session)
    submit_all(session, person)

    again = post(session, person, {"city": "Ordu"}, action=Action.SUBMIT, section=1, now=LATER)

    assert again.step == Step.FINISHED
    assert answers_of(session, person) == [{"nps": 9, "city": "Ordu"}]
    assert session.scalar(select(func.count()).select_from(Draft)) == 0


def test_other_answers_of_an_old_tab_are_told_to_be_too_late(session: Session) -> None:
    person = make_person(session)
    submit_all(session, person)

    late = post(session, person, {"city": "Uşak"}, action=Action.SUBMIT, section=1, now=LATER)

    assert late.step == Step.TOO_LATE
    assert answers_of(session, person) == [{"nps": 9, "city": "Ordu"}]


def test_change_updates_the_one_response_at_its_submit(session: Session) -> None:
    person = make_person(session)
    submit_all(session, person)

    post(session, person, {"nps": "2"}, wants_change=True)
    before = answers_of(session, person)
    post(session, person, {"city": ""}, wants_change=True, section=1, now=LATER)
    session.expire_all()

    assert before == [{"nps": 9, "city": "Ordu"}]
    assert answers_of(session, person) == [{"nps": 2}]
    assert person.responded_at == NOW
    assert session.scalars(select(Response.updated_at)).one() == LATER
    assert (person.answered_count, person.applicable_count) == (1, 2)


def test_change_that_was_not_sent_leaves_the_counts(session: Session) -> None:
    person = make_person(session)
    submit_all(session, person)

    post(session, person, {"city": ""}, wants_change=True, section=1, action=Action.BACK)

    assert person.answered_count == 2


def test_script_saves_what_it_has_seen(session: Session) -> None:
    person = make_person(session)

    first = post(session, person, {"nps": "9"}, action=Action.SAVE, revision=0)
    second = post(session, person, {"nps": "8"}, action=Action.SAVE, revision=first.revision)

    assert (first.revision, second.revision) == (1, 2)
    assert session.get_one(Draft, person.id).answers == {"nps": 8}


@pytest.mark.parametrize("revision", [0, 2, None])
def test_script_of_a_stale_tab_is_told(session: Session, revision: int | None) -> None:
    person = make_person(session)
    post(session, person, {"nps": "9"})

    with pytest.raises(StaleTab):
        post(session, person, {"nps": "1"}, action=Action.SAVE, revision=revision)

    assert session.get_one(Draft, person.id).answers == {"nps": 9}


def test_plain_form_of_a_stale_tab_is_taken(session: Session) -> None:
    person = make_person(session)
    post(session, person, {"nps": "9"})

    assert post(session, person, {"nps": "1"}, revision=0).step == Step.SAVED


def test_script_that_comes_after_the_submit_is_told(session: Session) -> None:
    person = make_person(session)
    submit_all(session, person)

    with pytest.raises(StaleTab):
        post(session, person, {"nps": "1"}, action=Action.SAVE, revision=0)


def test_empty_form_starts_the_survey_with_nothing_answered(session: Session) -> None:
    person = make_person(session)

    post(session, person, {}, action=Action.SAVE, revision=0)

    assert (person.started_at, person.answered_count) == (NOW, 0)


@pytest.mark.parametrize(
    ("over", "refusal"),
    [
        ({"opens_at": NOW + timedelta(days=1)}, SurveyNotOpen),
        ({"paused_at": NOW, "opens_at": NOW + timedelta(days=1)}, SurveyNotOpen),
        ({"closes_at": NOW}, SurveyClosed),
        ({"closed_at": NOW - timedelta(minutes=1)}, SurveyClosed),
        ({"launched_at": None}, SurveyNotOpen),
    ],
)
def test_survey_that_takes_no_answers_refuses_them(
    session: Session, over: dict[str, Any], refusal: type[Exception]
) -> None:
    person = make_person(session, **over)

    with pytest.raises(refusal):
        submit_all(session, person)
    with pytest.raises(refusal):
        open_sheet(session, invitation=person, now=NOW)


def test_paused_survey_takes_answers_all_the_same(session: Session) -> None:
    person = make_person(session, paused_at=NOW)

    assert open_sheet(session, invitation=person, now=NOW).is_changing is False
    assert submit_all(session, person).step == Step.FINISHED


def test_submit_that_comes_twice_around_the_closing_still_ends_at_the_thanks(
    session: Session,
) -> None:
    person = make_person(session)
    submit_all(session, person)
    person.survey.closed_at = NOW
    session.flush()

    assert submit_all(session, person, now=LATER).step == Step.FINISHED
