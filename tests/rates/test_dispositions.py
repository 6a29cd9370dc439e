"""What becomes of a case, by the columns of its Invitation."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from surveys.rates.dispositions import count_by_survey, count_dispositions, count_unconfirmed
from tests.conftest import NOW
from tests.factories import make_invitation, make_survey

STARTED: dict[str, Any] = {"started_at": NOW, "mail_state": "sent", "mailed_at": NOW}
SUBMITTED: dict[str, Any] = {**STARTED, "responded_at": NOW}
DECLINED: dict[str, Any] = {"declined_at": NOW}


def _answered(answered: int, *, of: int = 10) -> dict[str, Any]:
    return {"answered_count": answered, "applicable_count": of}


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({**SUBMITTED, **_answered(2), "is_core_answered": True}, "1.1"),
        ({**SUBMITTED, **_answered(8)}, "1.1"),
        ({**SUBMITTED, **_answered(7)}, "1.2"),
        ({**SUBMITTED, **_answered(4)}, "2.12"),
        ({**SUBMITTED, **_answered(0)}, "2.1121"),
        ({**SUBMITTED, **_answered(0, of=0)}, "2.1121"),
        ({**STARTED, **_answered(10), "is_core_answered": True}, "1.2"),
        ({**STARTED, **_answered(5)}, "1.2"),
        ({**STARTED, **_answered(4)}, "2.12"),
        ({**STARTED, **_answered(0)}, "2.1121"),
        ({**SUBMITTED, **_answered(8), **DECLINED}, "1.1"),
        ({**STARTED, **_answered(5), **DECLINED}, "1.2"),
        ({**STARTED, **_answered(1), **DECLINED}, "2.12"),
        ({**STARTED, **DECLINED}, "2.111"),
        ({"mail_state": "sent", **DECLINED}, "2.111"),
        ({"mail_state": "sent"}, "3.19"),
        ({"mail_state": "unknown"}, "3.19"),
        ({}, "3.11"),
    ],
)
def test_case_has_the_code_of_highest_rank(
    session: Session, columns: dict[str, Any], code: str
) -> None:
    survey = make_survey(session)
    make_invitation(session, survey=survey, **columns)

    counted = count_dispositions(session, survey_id=survey.id)

    assert {found for found, number in counted.items() if number} == {code}


def test_case_is_judged_by_the_thresholds_of_its_version(session: Session) -> None:
    survey = make_survey(session)
    survey.versions[0].complete_percent = 60
    make_invitation(session, survey=survey, **SUBMITTED, **_answered(6))

    counted = count_dispositions(session, survey_id=survey.id)

    assert counted["1.1"] == 1


def test_dispositions_name_every_code_when_nobody_is_invited(session: Session) -> None:
    survey = make_survey(session)

    counted = count_dispositions(session, survey_id=survey.id)

    assert list(counted) == ["1.1", "1.2", "2.12", "2.111", "2.1121", "3.19", "3.11"]
    assert set(counted.values()) == {0}


def test_dispositions_count_each_survey_alone(session: Session) -> None:
    first, second = make_survey(session), make_survey(session)
    make_invitation(session, survey=first)
    make_invitation(session, survey=second, mail_state="sent")

    counted = count_by_survey(session, survey_ids=[first.id, second.id])

    assert (counted[first.id]["3.11"], counted[first.id]["3.19"]) == (1, 0)
    assert (counted[second.id]["3.11"], counted[second.id]["3.19"]) == (0, 1)


def test_unconfirmed_are_those_of_whom_only_the_mail_is_unknown(session: Session) -> None:
    survey = make_survey(session)
    make_invitation(session, survey=survey, mail_state="unknown")
    make_invitation(session, survey=survey, mail_state="sent")
    later = NOW + timedelta(hours=1)
    make_invitation(session, survey=survey, mail_state="unknown", started_at=later, **_answered(1))

    assert count_unconfirmed(session, survey_id=survey.id) == 1
