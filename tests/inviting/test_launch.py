"""The launch, all or nothing and only once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Invitation, Mailing, Survey, SurveyVersion
from surveys.building.revisions import SurveyAlreadyLaunched
from surveys.errors import DonutError
from surveys.extensions import transaction
from surveys.inviting.due import enqueue_due
from surveys.inviting.headcount import BATCH_SIZE
from surveys.inviting.launch import (
    AudienceCountDiffers,
    Expected,
    Launch,
    LaunchBlocked,
    RecipientCountDiffers,
    launch,
)
from tests.conftest import NOW
from tests.factories import make_alumnus
from tests.inviting.drafts import INVITATION, KEYS, make_draft, reminder

BOTH = {"tr": "Anket", "en": "Survey"}
IN_BOTH: dict[str, Any] = {
    "sections": [{"title": BOTH, "questions": [{"code": "nps", "type": "nps", "text": BOTH}]}],
    "mailings": [{**INVITATION, "subject": BOTH}],
}
LATE = [{**INVITATION, "at": "2026-11-20T10:00"}, reminder(after_days=7)]


def start(
    session: Session, survey: Survey, *, due_now: bool = False, expected_count: int | None = None
) -> Launch:
    return launch(
        session,
        survey=survey,
        keys=KEYS,
        now=NOW,
        due_now=due_now,
        expected=Expected(cases=expected_count),
    )


def list_mailings(session: Session) -> list[Mailing]:
    return list(session.scalars(select(Mailing).order_by(Mailing.position)))


def test_launch_freezes_what_is_asked(session: Session) -> None:
    make_alumnus(session)
    survey = make_draft(session)

    start(session, survey)

    version = session.scalars(select(SurveyVersion)).one()
    assert (version.survey_id, version.number) == (survey.id, 1)
    assert version.definition == survey.definition
    assert survey.launched_at == NOW


def test_launch_makes_one_case_a_person_with_the_cohort_as_invited(session: Session) -> None:
    person = make_alumnus(session, unit="Tıp", degree="Lisans", programme="Hemşirelik")
    survey = make_draft(session)

    launched = start(session, survey)

    case = session.scalars(select(Invitation)).one()
    assert launched.invitation_count == 1
    assert (case.alumnus_id, case.survey_id, case.created_at) == (person.id, survey.id, NOW)
    assert (case.unit, case.degree, case.programme) == ("Tıp", "Lisans", "Hemşirelik")
    assert (case.graduation_year, case.mail_state, case.token_epoch) == (2024, "none", 0)
    assert case.survey_version_id == survey.versions[0].id


def test_launch_invites_only_the_audience(session: Session) -> None:
    chosen = make_alumnus(session, unit="Tıp")
    make_alumnus(session, unit="Hukuk")
    make_alumnus(session, unit="Tıp", is_demo=True)

    start(session, make_draft(session, audience={"unit": "Tıp"}))

    assert list(session.scalars(select(Invitation.alumnus_id))) == [chosen.id]


def test_launch_makes_a_case_of_a_person_who_cannot_be_mailed(session: Session) -> None:
    make_alumnus(session)
    make_alumnus(session, email=None, email_fault="missing")

    assert start(session, make_draft(session)).invitation_count == 2


@pytest.mark.parametrize(
    ("languages", "wish", "expected"),
    [(["tr", "en"], "en", "en"), (["tr"], "en", "tr"), (["en", "tr"], None, "en")],
)
def test_launch_picks_the_language_of_each_person(
    session: Session, languages: list[str], wish: str | None, expected: str
) -> None:
    make_alumnus(session, language=wish)

    start(session, make_draft(session, languages=languages, **IN_BOTH))

    assert session.scalars(select(Invitation.language)).one() == expected


def test_launch_gives_everybody_a_public_id_of_their_own(session: Session) -> None:
    for _ in range(BATCH_SIZE + 5):
        make_alumnus(session)

    launched = start(session, make_draft(session))

    ids = session.scalars(select(Invitation.public_id)).all()
    assert launched.invitation_count == len(set(ids)) == BATCH_SIZE + 5


def test_launch_dates_the_mailings(session: Session) -> None:
    make_alumnus(session)
    text = {"tr": "Merhaba {ad}"}
    plan = [INVITATION, reminder(after_days=7, text=text)]

    launched = start(session, make_draft(session, mailings=plan))

    first, second = list_mailings(session)
    assert (first.kind, first.local_at, first.timezone) == (
        "invitation",
        "2026-11-23T13:00",
        "Europe/Istanbul",
    )
    assert first.due_at == NOW + timedelta(hours=1)
    assert (second.kind, second.due_at) == ("reminder", first.due_at + timedelta(days=7))
    assert (second.text, second.subject) == (text, {"tr": "Bekliyoruz"})
    assert [planned.due_at for planned in launched.mailings] == [first.due_at, second.due_at]


def test_launch_puts_the_question_into_the_invitation_alone(session: Session) -> None:
    make_alumnus(session)

    start(session, make_draft(session, mailings=[INVITATION, reminder(after_days=7)]))

    first, second = list_mailings(session)
    assert first.question is not None
    assert (first.question["code"], len(first.question["options"])) == ("nps", 11)
    assert second.question is None


def test_launch_now_makes_the_invitation_due_and_opens_the_survey(session: Session) -> None:
    make_alumnus(session)
    plan = [{**INVITATION, "at": "2026-12-01T10:00"}, reminder(after_days=7)]
    survey = make_draft(session, opens_at="2026-12-01T10:00", mailings=plan)

    launched = start(session, survey, due_now=True)

    assert [planned.due_at for planned in launched.mailings] == [NOW, NOW + timedelta(days=7)]
    assert survey.opens_at == NOW
    assert enqueue_due(session, now=NOW).message_count == 1


def test_launch_now_does_not_open_a_survey_again_that_opened_before(session: Session) -> None:
    make_alumnus(session)
    survey = make_draft(session)
    opened_at = survey.opens_at

    start(session, survey, due_now=True)

    assert survey.opens_at == opened_at < NOW


def test_launch_now_rescues_a_plan_that_is_past(session: Session) -> None:
    make_alumnus(session)

    survey = make_draft(session, mailings=LATE, opens_at="2026-11-20T10:00")

    launched = start(session, survey, due_now=True)

    assert launched.mailings[0].due_at == NOW


def test_launch_is_refused_when_the_invitation_is_too_late(session: Session) -> None:
    make_alumnus(session)

    with pytest.raises(LaunchBlocked) as refused:
        start(session, make_draft(session, mailings=LATE))

    assert [o.code for o in refused.value.check.obstacles] == ["invitation_too_late"]


def test_launch_cancels_a_reminder_that_falls_after_the_closing(session: Session) -> None:
    make_alumnus(session)
    plan = [{**INVITATION, "at": "2026-11-23T11:00"}, reminder(after_days=7)]
    survey = make_draft(session, mailings=plan, closes_at="2026-11-30T11:30")

    launched = start(session, survey, due_now=True)

    assert [mailing.state for mailing in list_mailings(session)] == ["planned", "cancelled"]
    assert len(launched.mailings) == 1
    assert [warning.code for warning in launched.check.warnings] == ["after_closing"]


def test_launch_is_refused_when_the_mail_would_go_to_another_number(session: Session) -> None:
    make_alumnus(session)
    make_alumnus(session, email=None, email_fault="missing")
    survey = make_draft(session)

    with pytest.raises(RecipientCountDiffers, match="to 1 people, not to 2"):
        launch(
            session,
            survey=survey,
            keys=KEYS,
            now=NOW,
            due_now=False,
            expected=Expected(recipients=2),
        )


def test_launch_is_refused_by_what_is_wrong_with_the_draft(session: Session) -> None:
    make_alumnus(session)
    survey = make_draft(session, mailings=[INVITATION, reminder(after_days=60)])

    with pytest.raises(LaunchBlocked) as refused:
        start(session, survey)

    assert [f.subject for f in refused.value.check.problems.blocking] == ["mailing:1"]


@pytest.mark.parametrize(
    ("over", "obstacle"),
    [
        ({"confidentiality": "anonymous"}, "anonymous_impossible"),
        ({"audience": {"unit": "yok"}}, "audience_empty"),
        ({"mailings": [{**INVITATION, "subject": {"tr": "{program}"}}]}, "placeholder_empty"),
        ({"opens_at": "2026-11-01T10:00", "closes_at": "2026-11-23T11:00"}, "closing_past"),
    ],
)
def test_launch_is_refused_by_what_check_names(
    session: Session, over: dict[str, Any], obstacle: str
) -> None:
    make_alumnus(session, programme=None)
    survey = make_draft(session, **over)
    session.commit()

    with pytest.raises(LaunchBlocked) as refused:
        start(session, survey, due_now=True)
    session.rollback()

    assert [o.code for o in refused.value.check.obstacles] == [obstacle]
    assert survey.launched_at is None
    assert session.scalar(select(func.count(SurveyVersion.id))) == 0


def test_launch_is_refused_when_the_audience_is_not_as_expected(session: Session) -> None:
    make_alumnus(session)
    survey = make_draft(session)
    session.commit()

    with pytest.raises(AudienceCountDiffers) as refused:
        start(session, survey, expected_count=2)
    session.rollback()

    assert (refused.value.params["found"], refused.value.params["expected"]) == (1, 2)
    assert survey.launched_at is None
    assert session.scalar(select(func.count(Invitation.id))) == 0


def test_launch_goes_when_the_audience_is_as_expected(session: Session) -> None:
    make_alumnus(session)

    assert start(session, make_draft(session), expected_count=1).invitation_count == 1


def test_second_launch_is_refused(session: Session) -> None:
    make_alumnus(session)
    survey = make_draft(session)
    start(session, survey)

    with pytest.raises(SurveyAlreadyLaunched, match=survey.code):
        start(session, survey)

    assert session.scalar(select(func.count(Invitation.id))) == 1


def test_two_launches_at_once_launch_once(app: Flask, session: Session) -> None:
    people = [make_alumnus(session) for _ in range(20)]
    survey_id = make_draft(session).id
    session.commit()
    together = Barrier(2)

    def try_launching(_: int) -> str:
        with app.app_context():
            together.wait()
            try:
                with transaction() as own:
                    start(own, own.get_one(Survey, survey_id))
            except DonutError as error:
                return error.code
            return "launched"

    with ThreadPoolExecutor(2) as staff:
        outcomes = sorted(staff.map(try_launching, range(2)))

    assert outcomes == ["launched", "survey_already_launched"]
    assert session.scalar(select(func.count(Invitation.id))) == len(people)
