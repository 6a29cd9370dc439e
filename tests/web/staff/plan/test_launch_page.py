"""Check and launch: what is missing and where to mend it, and one launch by the right number."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import AuditEntry, Beat, Invitation, Mailing, Role, Staff, Survey
from tests.conftest import NOW
from tests.web.staff.conftest import Browser, reload
from tests.web.staff.plan.conftest import HOME

PAGE = f"{HOME}/launch"


def change(session: Session, draft: Survey, **over: Any) -> None:
    draft.definition = {**draft.definition, **over}
    session.commit()


def post(browser: Browser, recipients: str = "2", when: str = "planned") -> Any:
    return browser.post(PAGE, {"recipients": recipients, "when": when})


def count_invitations(session: Session) -> int:
    session.rollback()
    return session.scalars(select(func.count()).select_from(Invitation)).one()


def test_sound_draft_can_be_launched_to_the_number_that_it_says(editor: Browser) -> None:
    page = editor.get(PAGE).text

    assert "2 kişiye gönder" in page
    assert "Sorular eksiksiz." in page
    assert "Yanıt oranı 3 kişi üzerinden" in page


def test_launch_by_the_right_number_opens_the_survey(editor: Browser, session: Session) -> None:
    answer = post(editor, recipients="2 ")

    assert (answer.status_code, answer.location) == (303, f"{HOME}?said=launched")
    assert count_invitations(session) == 3
    actions = session.scalars(select(AuditEntry.action)).all()
    assert "survey.launch" in actions


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [("3", 409, "2 kişiye gidecek"), ("iki", 422, "rakamla"), ("", 422, "rakamla")],
)
def test_other_number_launches_nothing_and_stays_typed(
    editor: Browser, session: Session, typed: str, status: int, words: str
) -> None:
    page = post(editor, recipients=typed)

    assert page.status_code == status
    assert words in page.text
    assert f'name="recipients" inputmode="numeric" autocomplete="off" value="{typed}"' in page.text
    assert count_invitations(session) == 0


def test_launch_at_once_moves_the_plan(editor: Browser, session: Session) -> None:
    post(editor, when="now")

    first = reload(session, Mailing)[0]
    assert first.local_at == "2026-11-23T12:00"


def test_second_press_launches_nothing_more_and_shows_the_survey(
    editor: Browser, session: Session
) -> None:
    post(editor)

    again = post(editor)

    assert (again.status_code, count_invitations(session)) == (303, 3)


@pytest.mark.parametrize(
    ("over", "href"),
    [
        ({"audience": {"unit": ["Yok"]}}, f"{HOME}/audience"),
        ({"sections": []}, f"{HOME}/questions?edit=survey#survey"),
        ({"confidentiality": "anonymous"}, f"{HOME}/questions?edit=survey#survey"),
    ],
)
def test_what_blocks_is_named_with_the_place_to_mend_it(
    editor: Browser, session: Session, draft: Survey, over: dict[str, Any], href: str
) -> None:
    change(session, draft, **over)

    page = editor.get(PAGE).text

    assert f'href="{href}"' in page
    assert 'name="recipients"' not in page
    assert post(editor).status_code == 409
    assert count_invitations(session) == 0


def test_faulty_mailing_leads_to_its_own_card(
    editor: Browser, session: Session, draft: Survey
) -> None:
    plan = draft.definition["mailings"]
    change(session, draft, mailings=[plan[0], {**plan[1], "subject": {"tr": "{adı}"}}])

    assert f'href="{HOME}/mails?open=1#mail-1"' in editor.get(PAGE).text


def test_invitation_of_the_past_can_still_go_at_once(
    editor: Browser, session: Session, draft: Survey
) -> None:
    plan = draft.definition["mailings"]
    past = {**plan[0], "at": "2026-11-20T10:00"}
    change(session, draft, mailings=[past, plan[1]], opens_at="2026-11-20T09:00")

    page = editor.get(PAGE).text

    assert 'value="now" checked' in page
    assert 'value="planned"' not in page
    assert post(editor, when="now").status_code == 303


def test_page_warns_that_nothing_would_go_out(editor: Browser) -> None:
    page = editor.get(PAGE).text

    assert "hizmet çalışmıyor" in page
    assert "Henüz deneme e-postası gönderilmedi." in page
    assert f'href="{HOME}/mails?open=0#trial"' in page


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({"SPF": 1, "DMARC": 0}, "alan adında şu kayıtlar yok: DMARC"),
        ({"SPF": 1, "DMARC": 1}, "alan adının kayıtları yerinde: SPF, DMARC"),
    ],
)
def test_page_tells_whether_the_sender_is_vouched_for(
    editor: Browser, session: Session, found: dict[str, int], words: str
) -> None:
    session.add(Beat(name="look-at-domain", at=NOW, by="test", result=found))
    session.commit()

    assert words in editor.get(PAGE).text


def test_launched_survey_has_no_launch_page(editor: Browser) -> None:
    post(editor)

    assert editor.get(PAGE).location == HOME


def test_viewer_does_not_launch(editor: Browser, session: Session, staff: Staff) -> None:
    staff.role = Role.VIEWER
    session.commit()

    assert 'name="recipients"' not in editor.get(PAGE).text
    assert post(editor).status_code == 403


def test_launch_needs_a_sign_in(browser: Browser, draft: Survey) -> None:
    assert browser.get(f"/surveys/{draft.code}/launch").status_code == 302
