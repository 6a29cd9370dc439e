"""The people behind each number of a mailing."""

import pytest
from sqlalchemy.orm import Session

from models import MessageState
from surveys.delivery.listing import PAGE_SIZE, STATES, Group, list_messages, sum_groups
from tests.conftest import NOW
from tests.factories import make_mailing, make_messages, make_survey


def test_groups_hold_every_state_once() -> None:
    held = [state for states in STATES.values() for state in states]

    assert sorted(held) == sorted(MessageState)


def test_groups_add_up_to_the_whole_mailing() -> None:
    counts = {state.value: number for number, state in enumerate(MessageState, start=1)}

    assert sum(sum_groups(counts).values()) == sum(counts.values())


@pytest.mark.parametrize(("number", "count"), [(1, PAGE_SIZE), (2, 3), (3, 0)])
def test_messages_are_listed_a_page_at_a_time(session: Session, number: int, count: int) -> None:
    messages = make_messages(session, PAGE_SIZE + 3)

    page = list_messages(
        session, mailing_id=messages[0].mailing_id, group=Group.WAITING, number=number
    )

    assert (len(page.messages), page.count, page.last_number) == (count, PAGE_SIZE + 3, 2)


def test_list_holds_one_mailing_and_one_group(session: Session) -> None:
    survey = make_survey(session)
    mailing = make_mailing(session, survey=survey, state="enqueued")
    make_messages(session, 2, survey=survey)
    make_messages(session, 1, survey=survey, mailing=mailing, state="sent", sent_at=NOW)
    (failed,) = make_messages(
        session, 1, survey=survey, mailing=mailing, state="failed", reason="refused", smtp_code=550
    )

    page = list_messages(session, mailing_id=mailing.id, group=Group.FAILED, number=1)

    (listed,) = page.messages
    assert (listed.id, listed.name, listed.reason) == (failed.id, "Ayşe Yılmaz", "refused")
    assert (listed.smtp_code, listed.alumnus_id) == (550, failed.invitation.alumnus_id)
