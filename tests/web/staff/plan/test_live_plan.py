"""The plan of a survey that runs: what has not gone out can be changed, stopped, added, paused."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEntry, Mailing, Message, Role, Staff, Survey
from tests.conftest import NOW
from tests.factories import make_invitation, make_mailing, make_message, make_survey
from tests.web.staff.conftest import Browser, reload

HOME = "/surveys/live"
PAGE = f"{HOME}/mails"


@pytest.fixture
def live(session: Session) -> Survey:
    """Its invitation went to one person and waits for two; a reminder is planned in a week."""
    document = {**make_survey(session).definition, "code": "live"}
    survey = make_survey(session, document=document, code="live")
    invitation = make_mailing(session, survey=survey, position=1, state="enqueued", due_at=NOW)
    invitation.enqueued_at = NOW
    make_mailing(
        session,
        survey=survey,
        position=2,
        kind="reminder",
        due_at=NOW + timedelta(days=7),
        local_at="2026-11-30T12:00",
    )
    for state in ("sent", "queued", "queued"):
        case = make_invitation(session, survey=survey)
        sent_at = NOW if state == "sent" else None
        make_message(session, mailing=invitation, invitation=case, state=state, sent_at=sent_at)
    session.commit()
    return survey


@pytest.fixture
def editor(signed_in: Browser, live: Survey) -> Browser:
    signed_in.get(f"/surveys/{live.code}/mails")
    return signed_in


def plan(session: Session) -> list[Mailing]:
    session.rollback()
    return list(session.scalars(select(Mailing).order_by(Mailing.position)))


def form(**over: str) -> dict[str, str]:
    words = {"subject.tr": "Yeni konu", "subject.en": "New", "text.tr": "", "text.en": ""}
    return {"rev": "1", "at": "2026-11-30T12:00", **words, **over}


def actions(session: Session) -> list[str]:
    return [
        entry.action for entry in reload(session, AuditEntry) if entry.subject.startswith("survey")
    ]


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_plan_tells_how_far_each_mailing_has_come(editor: Browser) -> None:
    page = words(editor.get(PAGE).text)

    assert "gönderilen: 1" in page
    assert "bekleyen: 2" in page
    assert "1. hatırlatma sırada" in page


def test_change_says_how_many_it_concerns_before_it_is_made(
    editor: Browser, session: Session
) -> None:
    page = words(editor.get(f"{PAGE}?open={plan(session)[0].id}").text)

    assert "bu e-postayı henüz almamış 2 kişi için geçerli" in page
    assert "2 kişi için kaydet" in page
    assert "Durdur: 2 kişiye gitmeyecek" in page


def test_words_of_what_waits_are_changed(editor: Browser, session: Session) -> None:
    key = plan(session)[1].id

    answer = editor.post(f"{HOME}/mailings/{key}", form())

    assert answer.location == f"{PAGE}?said=mailing_changed_live#mail-{key}"
    assert plan(session)[1].subject == {"tr": "Yeni konu", "en": "New"}
    assert actions(session) == ["mailing.change"]


def test_change_that_a_launch_would_refuse_is_told_and_stays_typed(
    editor: Browser, session: Session
) -> None:
    key = plan(session)[1].id

    page = editor.post(f"{HOME}/mailings/{key}", form(**{"subject.tr": "{adı} yeni"}))

    assert page.status_code == 422
    assert 'href="#subject.tr"' in page.text
    assert 'value="{adı} yeni"' in page.text
    assert plan(session)[1].revision == 1


def test_second_person_at_a_mailing_is_told_and_loses_nothing(
    editor: Browser, session: Session
) -> None:
    key = plan(session)[1].id
    editor.post(f"{HOME}/mailings/{key}", form())

    page = editor.post(f"{HOME}/mailings/{key}", form(**{"subject.tr": "Benimki"}))

    assert page.status_code == 409
    assert 'value="Benimki"' in page.text
    assert 'name="rev" value="2"' in page.text


def test_mailing_is_stopped(editor: Browser, session: Session) -> None:
    key = plan(session)[0].id

    answer = editor.post(f"{HOME}/mailings/{key}/stop", {"next": PAGE})

    assert answer.location == f"{PAGE}?said=mailing_stopped"
    assert [m.state for m in reload(session, Message)] == ["sent", "suppressed", "suppressed"]
    assert actions(session) == ["mailing.stop"]


def test_mailing_that_is_stopped_already_says_so(editor: Browser, session: Session) -> None:
    key = plan(session)[1].id
    editor.post(f"{HOME}/mailings/{key}/stop")

    assert editor.post(f"{HOME}/mailings/{key}/stop").status_code == 409


def test_reminder_is_added(editor: Browser, session: Session) -> None:
    answer = editor.post(f"{HOME}/mailings")

    added = plan(session)[2]
    assert answer.location.startswith(f"{PAGE}?open={added.id}")
    assert (added.kind, added.local_at) == ("reminder", "2026-12-09T10:00")


def test_closing_is_moved(editor: Browser, session: Session, live: Survey) -> None:
    typed = {"closes_at": "2026-11-28T23:59", "base": live.closes_at.isoformat()}

    assert editor.post(f"{HOME}/closing", typed).status_code == 303
    assert [m.state for m in plan(session)] == ["enqueued", "cancelled"]


@pytest.mark.parametrize(
    ("over", "status"),
    [
        ({"closes_at": "2026-11-01T10:00"}, 422),
        ({"closes_at": "soon"}, 422),
        ({"base": "2026-01-01T00:00:00+00:00"}, 409),
    ],
)
def test_closing_that_cannot_be_is_refused_and_stays_typed(
    editor: Browser, live: Survey, over: dict[str, str], status: int
) -> None:
    typed = {"closes_at": "2026-11-28T23:59", "base": live.closes_at.isoformat(), **over}
    page = editor.post(f"{HOME}/closing", typed)

    assert page.status_code == status
    assert f'value="{typed["closes_at"]}"' in page.text


def test_mails_are_paused_and_resumed(editor: Browser, session: Session) -> None:
    said = [editor.post(f"{HOME}/{act}", {"next": PAGE}).location for act in ("pause", "resume")]

    assert said == [f"{PAGE}?said=survey_paused", f"{PAGE}?said=survey_resumed"]
    assert actions(session) == ["survey.pause", "survey.resume"]


def test_pause_of_a_paused_survey_says_so(editor: Browser) -> None:
    editor.post(f"{HOME}/pause")

    page = editor.post(f"{HOME}/pause")

    assert (page.status_code, "zaten duraklatılmış" in page.text) == (409, True)


@pytest.mark.parametrize(("typed", "is_closed"), [("live", True), ("", False), ("LIVE", False)])
def test_survey_is_closed_once_its_code_was_typed(
    editor: Browser, session: Session, typed: str, *, is_closed: bool
) -> None:
    answer = editor.post(f"{HOME}/close", {"confirmation": typed})

    survey = next(s for s in reload(session, Survey) if s.code == "live")
    assert answer.status_code == (303 if is_closed else 422)
    assert (survey.closed_at is not None) == is_closed


@pytest.mark.parametrize("path", ["mailings/{other}", "mailings/{other}/stop", "mailings/99999"])
def test_mailing_of_another_survey_is_not_found(
    editor: Browser, session: Session, path: str
) -> None:
    other = make_mailing(session, survey=make_survey(session))
    session.commit()

    assert editor.post(f"{HOME}/{path.format(other=other.id)}", form()).status_code == 404


@pytest.mark.parametrize(
    "path", ["mailings", "mailings/1", "mailings/1/stop", "closing", "pause", "resume", "close"]
)
def test_viewer_changes_nothing_of_a_live_plan(
    editor: Browser, session: Session, staff: Staff, path: str
) -> None:
    staff.role = Role.VIEWER
    session.commit()

    assert editor.post(f"{HOME}/{path}", form()).status_code == 403


def test_draft_has_nothing_to_pause(editor: Browser, session: Session) -> None:
    make_survey(session, launched_at=None, code="other")
    session.commit()

    assert editor.post("/surveys/other/pause").status_code == 409


def test_test_mail_of_a_live_mailing_is_the_one_that_is_stored(
    editor: Browser, session: Session
) -> None:
    key: Any = plan(session)[1].id

    assert editor.post(f"{PAGE}/{key}/test", {"in": "tr"}).status_code == 303
    assert editor.get(f"{PAGE}/{key}/letter").status_code == 200
