"""About how many people a mailing will reach."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from surveys.building.definition import from_document
from surveys.inviting.expecting import (
    Experience,
    expect_further,
    expect_recipients,
    read_experience,
)
from surveys.inviting.plan import plan_mailings
from surveys.inviting.stored_plan import list_progress
from tests.conftest import NOW
from tests.factories import (
    make_document,
    make_invitation,
    make_mailing,
    make_message,
    make_survey,
)
from tests.inviting.drafts import INVITATION, reminder

DAY = timedelta(days=1)
THANKS = {"kind": "thanks", "after_days": 30, "subject": {"tr": "Teşekkürler"}}


def end_a_survey(session: Session, *sent: int) -> None:
    """A survey that is over, whose mailings went to so many people."""
    survey = make_survey(session, opens_at=NOW - 9 * DAY, closes_at=NOW - DAY)
    cases = [make_invitation(session, survey=survey) for _ in range(sent[0])]
    for position, count in enumerate(sent):
        kind = "reminder" if position else "invitation"
        mailing = make_mailing(session, survey=survey, kind=kind, state="enqueued")
        for case in cases[:count]:
            make_message(session, mailing=mailing, invitation=case, state="sent", sent_at=NOW)


def expect(session: Session, *plan: object) -> list[int]:
    definition = from_document(make_document(mailings=[INVITATION, *plan]))
    experience = read_experience(session, is_demo=False, now=NOW)
    return expect_recipients(plan_mailings(definition), mailable_count=1000, experience=experience)


def test_without_experience_a_stated_share_answers_each_mail(session: Session) -> None:
    plan = [reminder(after_days=7), reminder(after_days=17)]

    assert expect(session, *plan) == [1000, 880, 774]


def test_surveys_that_are_over_tell_what_to_expect(session: Session) -> None:
    end_a_survey(session, 10, 8)
    end_a_survey(session, 10, 6, 5)

    assert expect(session, reminder(after_days=7), reminder(after_days=17)) == [1000, 700, 500]


def test_experience_of_fewer_reminders_goes_on_by_the_stated_share(session: Session) -> None:
    end_a_survey(session, 10, 5)

    assert expect(session, reminder(after_days=7), reminder(after_days=17)) == [1000, 500, 440]


def test_thanks_go_to_those_who_are_expected_to_have_answered(session: Session) -> None:
    assert expect(session, reminder(after_days=7), THANKS) == [1000, 880, 226]


@pytest.mark.parametrize("over", [{"is_demo": True}, {"closes_at": NOW + DAY}])
def test_surveys_of_the_other_kind_or_still_open_tell_nothing(
    session: Session, over: dict[str, Any]
) -> None:
    survey = make_survey(session, **{"opens_at": NOW - 9 * DAY, "closes_at": NOW - DAY, **over})
    mailing = make_mailing(session, survey=survey)
    case = make_invitation(session, survey=survey)
    make_message(session, mailing=mailing, invitation=case, state="sent", sent_at=NOW)

    assert read_experience(session, is_demo=False, now=NOW).survey_count == 0


def test_reminders_of_a_survey_that_runs_rest_on_who_is_silent_now(session: Session) -> None:
    survey = make_survey(session)
    begun = {"state": "enqueued", "enqueued_at": NOW}
    invitation = make_mailing(session, survey=survey, position=1, **begun)
    for position in (2, 3):
        make_mailing(session, survey=survey, position=position, kind="reminder")
    for _ in range(100):
        case = make_invitation(session, survey=survey)
        values = {"state": "sent", "sent_at": NOW}
        make_message(session, mailing=invitation, invitation=case, **values)

    progress = list_progress(session, survey=survey)

    assert expect_further(progress, experience=Experience(0, [])) == [100, 100, 88]
