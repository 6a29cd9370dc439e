"""What staff change in the plan of a survey that runs."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Mailing, Message, Survey
from surveys.building.cleaning import EditRefused
from surveys.inviting.changing import (
    MailingChanged,
    MailingOver,
    Words,
    add_reminder,
    change_mailing,
    stop_mailing,
)
from surveys.inviting.closing import ClosingChanged, move_closing
from surveys.inviting.lifecycle import SurveyOver
from surveys.inviting.stored_plan import list_mailings, list_progress
from tests.conftest import NOW
from tests.factories import make_alumnus, make_invitation, make_mailing, make_message, make_survey
from tests.inviting.drafts import KEYS

DAY = timedelta(days=1)
WORDS = Words(subject={"tr": "Yeni konu"}, text={"tr": "Yeni metin"}, at=None)


@pytest.fixture
def survey(session: Session) -> Survey:
    """Its invitation went to one person and waits for two more; a reminder is planned."""
    survey = make_survey(session)
    invitation = make_mailing(session, survey=survey, position=1, state="enqueued", due_at=NOW)
    make_mailing(
        session,
        survey=survey,
        position=2,
        kind="reminder",
        due_at=NOW + 7 * DAY,
        local_at="2026-11-30T12:00",
    )
    for state in ("sent", "queued", "queued"):
        case = make_invitation(session, survey=survey)
        sent_at = NOW if state == "sent" else None
        make_message(session, mailing=invitation, invitation=case, state=state, sent_at=sent_at)
    session.commit()
    return survey


def mailings(session: Session, survey: Survey) -> list[Mailing]:
    session.flush()
    return list_mailings(session, survey=survey)


def states(session: Session) -> list[str]:
    return list(session.scalars(select(Message.state).order_by(Message.id)))


def change(session: Session, mailing: Mailing, words: Words = WORDS, **over: Any) -> int:
    values = {"base_revision": mailing.revision, "keys": KEYS, "now": NOW, **over}
    return change_mailing(session, mailing=mailing, words=words, **values)


def at(local: str) -> Words:
    return Words(subject={"tr": "Konu"}, text=None, at=local)


def test_progress_tells_what_went_out_and_what_waits(session: Session, survey: Survey) -> None:
    progress = list_progress(session, survey=survey)

    assert [(p.sent_count, p.waiting_count, p.is_open) for p in progress] == [
        (1, 2, True),
        (0, 3, True),
    ]


def test_words_are_changed_for_those_who_have_not_got_them(
    session: Session, survey: Survey
) -> None:
    invitation = mailings(session, survey)[0]

    assert change(session, invitation) == 2
    assert (invitation.subject, invitation.revision) == ({"tr": "Yeni konu"}, 2)
    assert states(session) == ["sent", "queued", "queued"]


def test_words_are_kept_as_composed_letters(session: Session, survey: Survey) -> None:
    invitation = mailings(session, survey)[0]
    words = Words(subject={"tr": " I\u0307zmir ", "en": ""}, text={"tr": " "}, at=None)

    change(session, invitation, words)

    assert (invitation.subject, invitation.text) == ({"tr": "İzmir"}, None)


def test_second_person_at_a_mailing_is_told(session: Session, survey: Survey) -> None:
    invitation = mailings(session, survey)[0]
    change(session, invitation, base_revision=1)

    with pytest.raises(MailingChanged):
        change(session, invitation, base_revision=1)


def test_new_time_moves_what_waits(session: Session, survey: Survey) -> None:
    invitation = mailings(session, survey)[0]

    change(session, invitation, at("2026-11-24T09:30"))

    due = [m.due_at for m in session.scalars(select(Message).where(Message.state == "queued"))]
    assert {instant.isoformat() for instant in due} == {"2026-11-24T06:30:00+00:00"}
    assert (invitation.state, invitation.local_at) == ("planned", "2026-11-24T09:30")


def test_held_mailing_goes_out_at_its_new_time(session: Session, survey: Survey) -> None:
    reminder = mailings(session, survey)[1]
    reminder.state, reminder.held_at = "held", NOW

    change(session, reminder, at("2026-11-25T10:00"))

    assert reminder.state == "planned"
    assert not reminder.held_at


def test_positions_follow_the_times(session: Session, survey: Survey) -> None:
    second = add_reminder(session, survey=survey, words=at("2026-12-07T10:00"), keys=KEYS, now=NOW)

    change(session, second, at("2026-11-26T10:00"))

    assert [m.local_at for m in mailings(session, survey)][1:] == [
        "2026-11-26T10:00",
        "2026-11-30T12:00",
    ]


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (at("2026-11-23T11:00"), "at"),
        (at("soon"), "at"),
        (at("2027-01-10T10:00"), "at"),
        (Words(subject={}, text=None, at=None), "subject.tr"),
        (Words(subject={"tr": "{adı}"}, text=None, at=None), "subject.tr"),
        (Words(subject={"tr": "Konu"}, text={"tr": "{isim}"}, at=None), "text.tr"),
        (Words(subject={"tr": "x" * 121}, text=None, at=None), "subject.tr"),
    ],
)
def test_what_a_launch_would_refuse_is_refused_at_its_field(
    session: Session, survey: Survey, words: Words, field: str
) -> None:
    with pytest.raises(EditRefused) as refused:
        change(session, mailings(session, survey)[1], words)

    assert [fault.place for fault in refused.value.faults] == [field]


def test_placeholder_that_is_empty_for_somebody_is_refused(
    session: Session, survey: Survey
) -> None:
    nameless = make_alumnus(session, programme=None, external_id="no-programme")
    make_invitation(session, survey=survey, alumnus=nameless)
    words = Words(subject={"tr": "Konu"}, text={"tr": "{program} için"}, at=None)

    with pytest.raises(EditRefused) as refused:
        change(session, mailings(session, survey)[1], words)

    assert refused.value.faults[0].params["example"] == "no-programme"


def test_stopped_mailing_reaches_nobody_more(session: Session, survey: Survey) -> None:
    invitation = mailings(session, survey)[0]

    assert stop_mailing(session, mailing=invitation, now=NOW) == 2
    assert (invitation.state, invitation.stopped_at) == ("cancelled", NOW)
    assert states(session) == ["sent", "suppressed", "suppressed"]


def test_stopped_mailing_is_over(session: Session, survey: Survey) -> None:
    reminder = mailings(session, survey)[1]
    stop_mailing(session, mailing=reminder, now=NOW)

    with pytest.raises(MailingOver):
        change(session, reminder)


def test_mailing_that_has_gone_out_is_over(session: Session, survey: Survey) -> None:
    for message in session.scalars(select(Message)):
        message.state, message.sent_at = "sent", NOW

    with pytest.raises(MailingOver):
        change(session, mailings(session, survey)[0])


def test_nothing_is_changed_after_the_end(session: Session, survey: Survey) -> None:
    survey.closed_at = NOW

    with pytest.raises(SurveyOver):
        change(session, mailings(session, survey)[1])


def test_reminder_is_added_to_a_survey_that_runs(session: Session, survey: Survey) -> None:
    added = add_reminder(session, survey=survey, words=at("2026-12-07T10:00"), keys=KEYS, now=NOW)

    assert (added.kind, added.state, added.position) == ("reminder", "planned", 3)
    assert added.due_at.isoformat() == "2026-12-07T07:00:00+00:00"


def close_at(session: Session, survey: Survey, local: str) -> tuple[int, int]:
    moved = move_closing(session, survey=survey, at=local, base=survey.closes_at, now=NOW)
    return moved.cancelled_count, moved.planned_count


def test_earlier_closing_cancels_what_would_come_after(session: Session, survey: Survey) -> None:
    assert close_at(session, survey, "2026-11-28T23:59") == (1, 0)
    assert [m.state for m in mailings(session, survey)] == ["enqueued", "cancelled"]
    assert {m.expires_at for m in session.scalars(select(Message)) if m.state == "queued"} == {
        survey.closes_at
    }


def test_later_closing_brings_back_what_the_earlier_one_cancelled(
    session: Session, survey: Survey
) -> None:
    close_at(session, survey, "2026-11-28T23:59")

    assert close_at(session, survey, "2026-12-28T23:59") == (0, 1)


def test_later_closing_leaves_what_staff_stopped(session: Session, survey: Survey) -> None:
    stop_mailing(session, mailing=mailings(session, survey)[1], now=NOW)

    assert close_at(session, survey, "2026-12-28T23:59") == (0, 0)


def test_mails_that_wait_name_the_new_closing_day(session: Session, survey: Survey) -> None:
    close_at(session, survey, "2026-12-28T23:59")

    assert [m.revision for m in mailings(session, survey)] == [2, 2]


@pytest.mark.parametrize("local", ["2026-11-23T11:59", "2026-11-23T12:00"])
def test_closing_is_still_to_come(session: Session, survey: Survey, local: str) -> None:
    with pytest.raises(EditRefused):
        close_at(session, survey, local)


def test_second_person_at_the_closing_is_told(session: Session, survey: Survey) -> None:
    base = survey.closes_at
    move_closing(session, survey=survey, at="2026-12-20T23:59", base=base, now=NOW)

    with pytest.raises(ClosingChanged):
        move_closing(session, survey=survey, at="2026-12-21T23:59", base=base, now=NOW)


@pytest.mark.postgresql
def test_reminders_added_in_the_same_moment_both_stand(session: Session, survey: Survey) -> None:
    words = [replace(WORDS, at=f"2026-12-0{day}T10:00") for day in (7, 8)]
    code, engine = survey.code, session.get_bind()

    def add(own: Session, chosen: Words) -> None:
        found = own.scalars(select(Survey).where(Survey.code == code)).one()
        add_reminder(own, survey=found, words=chosen, keys=KEYS, now=NOW)

    def add_and_commit() -> None:
        with Session(engine) as own:
            add(own, words[1])
            own.commit()

    with ThreadPoolExecutor(1) as pool:
        add(session, words[0])
        second = pool.submit(add_and_commit)
        with pytest.raises(TimeoutError):
            second.result(timeout=0.5)
        session.commit()
        second.result(timeout=5)

    assert [m.position for m in mailings(session, survey)] == [1, 2, 3, 4]
