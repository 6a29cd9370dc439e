"""Whom to call: unfinished people whom nobody asked us to leave alone."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import Suppression, SuppressionReason
from surveys.exporting.chasing import count_people, list_lines, list_people
from surveys.exporting.source import RowsNotGivenOut
from surveys.roster.suppression import suppress
from surveys.tokens import hash_address
from tests.conftest import NOW
from tests.exporting.answered import KEYS
from tests.factories import make_alumnus, make_document, make_invitation, make_survey


def test_list_names_who_did_not_finish_and_where_they_are(session: Session) -> None:
    survey = make_survey(session)
    make_invitation(session, survey=survey, started_at=NOW, responded_at=NOW)
    cases: list[tuple[str, dict[str, Any]]] = [
        ("c", {"started_at": NOW}),
        ("a", {"mail_state": "sent"}),
        ("b", {}),
    ]
    for key, over in cases:
        alumnus = make_alumnus(session, external_id=key, phone="+90 532 123 45 67", family_name=key)
        make_invitation(session, survey=survey, alumnus=alumnus, **over)

    people = list_people(session, survey=survey, keys=KEYS)

    assert [(p.external_id, p.standing) for p in people] == [
        ("a", "has the mail, did not begin"),
        ("b", "no mail arrived so far"),
        ("c", "began, did not finish"),
    ]
    assert {p.phone for p in people} == {"0532 123 45 67"}


def test_list_leaves_alone_who_asked_for_it_and_who_is_no_graduate(session: Session) -> None:
    survey = make_survey(session)
    make_invitation(session, survey=survey, declined_at=NOW)
    make_invitation(session, survey=survey, manual_code="1.2")
    make_invitation(session, survey=survey, alumnus=make_alumnus(session, ineligible_at=NOW))
    silent = make_invitation(session, survey=survey).alumnus
    suppress(session, alumnus=silent, keys=KEYS, reason=SuppressionReason.STAFF, now=NOW)

    assert list_people(session, survey=survey, keys=KEYS) == []
    assert count_people(session, survey=survey).count == 0


def test_list_names_whose_mailbox_is_dead(session: Session) -> None:
    survey = make_survey(session)
    person = make_alumnus(session)
    make_invitation(session, survey=survey, alumnus=person, mail_state="returned")
    session.add(
        Suppression(
            address_hash=hash_address(KEYS.hash[0], person.email or ""),
            reason=SuppressionReason.BOUNCED,
            created_at=NOW,
        )
    )
    session.flush()

    people = list_people(session, survey=survey, keys=KEYS)

    assert [(p.external_id, p.standing) for p in people] == [
        (person.external_id, "no mail arrived so far")
    ]


def test_people_without_a_telephone_stand_last(session: Session) -> None:
    survey = make_survey(session)
    for key, phone in [("a", None), ("b", "0532")]:
        alumnus = make_alumnus(session, external_id=key, phone=phone, family_name=key)
        make_invitation(session, survey=survey, alumnus=alumnus)

    lines = list(list_lines(list_people(session, survey=survey, keys=KEYS), "tr"))
    counted = count_people(session, survey=survey)

    assert (counted.count, counted.with_phone) == (2, 1)
    assert [(line[0], line[6]) for line in lines] == [("b", "0532"), ("a", "")]


def test_anonymous_survey_has_no_list_to_call(session: Session) -> None:
    survey = make_survey(session, document=make_document(confidentiality="anonymous"))

    with pytest.raises(RowsNotGivenOut):
        list_people(session, survey=survey, keys=KEYS)
