"""What becomes of a case, by the columns of its Invitation."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from surveys.rates.dispositions import (
    count_by_survey,
    count_dispositions,
    count_unconfirmed,
    to_counts,
)
from surveys.rates.formulas import Counts, Rate, compute_rates
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
        ({"mail_state": "away"}, "2.26"),
        ({"mail_state": "moved"}, "3.40"),
        ({"mail_state": "returned"}, "3.30"),
        ({}, "3.11"),
        ({**SUBMITTED, **_answered(8), "manual_code": "4.10"}, "4.10"),
        ({"mail_state": "sent", "manual_code": "4.90"}, "4.90"),
        ({**SUBMITTED, **_answered(8), "manual_code": "2.31"}, "1.1"),
        ({**DECLINED, "manual_code": "2.31"}, "2.111"),
        ({"mail_state": "sent", "manual_code": "2.31"}, "2.31"),
        ({**SUBMITTED, **_answered(8), "manual_code": "1.2"}, "1.1"),
        ({**STARTED, **_answered(1), **DECLINED, "manual_code": "1.2"}, "1.2"),
        ({"manual_code": "1.2"}, "1.2"),
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

    ranked = "4.10 4.90 1.1 1.2 2.12 2.111 2.1121 2.31 2.26 3.40 3.30 3.19 3.11"
    assert list(counted) == ranked.split()
    assert set(counted.values()) == {0}


def test_dispositions_fall_into_the_groups_of_the_rates(session: Session) -> None:
    survey = make_survey(session)
    for code in ("4.10", "4.90", "2.31", "1.2", None):
        make_invitation(session, survey=survey, manual_code=code)

    counts = to_counts(count_dispositions(session, survey_id=survey.id))

    assert counts == Counts(not_eligible=2, other=1, partial=1, unknown_existence=1)
    assert compute_rates(counts)["RR1"] == Rate(0, 3)
    assert compute_rates(counts)["RR2"] == Rate(1, 3)


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
