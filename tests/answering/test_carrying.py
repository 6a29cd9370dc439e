"""Answers saved before a survey's questions were changed."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import Draft, SurveyVersion
from surveys.answering.carrying import carry_over
from surveys.answering.opening import open_sheet
from tests.conftest import NOW
from tests.factories import make_document
from tests.people import invite
from tests.questions import SCALE, make_definition, make_fields


@pytest.mark.parametrize(
    ("kind", "over", "answers"),
    [
        ("single_choice", {"other": True}, {"q": "other", "q.other": "Serbest"}),
        ("multiple_choice", {}, {"q": ["a", "c"]}),
        ("scale_group", {}, {"q": {"one": 3}}),
        ("scale", {}, {"q": 4}),
        ("nps", {}, {"q": 0}),
        ("yes_no", {}, {"q": "no"}),
        ("number", {"decimals": 2}, {"q": 2.5}),
        ("date", {}, {"q": "2026-03-15"}),
        ("long_text", {}, {"q": "İki\nsatır"}),
    ],
)
def test_answer_that_fits_is_carried_over(
    kind: str, over: dict[str, Any], answers: dict[str, Any]
) -> None:
    definition = make_definition([make_fields("q", kind, **over)])

    assert carry_over(definition, answers) == answers


@pytest.mark.parametrize(
    ("kind", "over", "answers", "left"),
    [
        ("nps", {}, {"gone": 5}, {}),
        ("single_choice", {}, {"q": "gone"}, {}),
        ("single_choice", {}, {"q": "other", "q.other": "Serbest"}, {}),
        ("multiple_choice", {}, {"q": ["a", "gone"]}, {"q": ["a"]}),
        ("multiple_choice", {"max_choices": 1}, {"q": ["a", "b"]}, {}),
        ("multiple_choice", {}, {"q": "a"}, {}),
        ("scale_group", {}, {"q": {"one": 3, "gone": 2}}, {"q": {"one": 3}}),
        ("scale_group", {}, {"q": 3}, {}),
        ("scale", {"scale": {**SCALE, "max": 3}}, {"q": 5}, {}),
        ("scale", {}, {"q": {"one": 3}}, {}),
        ("number", {"max": "5"}, {"q": 9}, {}),
        ("date", {}, {"q": "yes"}, {}),
        ("short_text", {"max_length": 3}, {"q": "uzun"}, {}),
        ("note", {}, {"q": "yes"}, {}),
    ],
)
def test_answer_that_no_longer_fits_is_left_out(
    kind: str, over: dict[str, Any], answers: dict[str, Any], left: dict[str, Any]
) -> None:
    definition = make_definition([make_fields("q", kind, **over)])

    assert carry_over(definition, answers) == left


def test_saved_draft_opens_under_the_new_version(session: Session) -> None:
    sections = [{"title": {"tr": "Bir"}, "questions": [make_fields("kept", "nps")]}]
    invitation = invite(session)
    version = SurveyVersion(
        survey=invitation.survey,
        number=2,
        definition=make_document(sections=sections),
        notice_version="1",
        created_at=NOW,
    )
    invitation.survey_version = version
    answers = {"kept": 9, "emp_status": "looking"}
    session.add(Draft(invitation_id=invitation.id, revision=3, answers=answers, updated_at=NOW))

    sheet = open_sheet(session, invitation=invitation, now=NOW)

    assert (sheet.answers, sheet.revision) == ({"kept": 9}, 3)
