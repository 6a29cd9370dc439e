"""The plan of a draft: a timeline in which each mailing opens, changes and goes."""

import re

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import Alumnus, Role, Staff, StaffMail, Survey
from surveys.building.editing import edit
from surveys.building.operations import SetMailing
from tests.conftest import NOW
from tests.web.staff.conftest import Browser
from tests.web.staff.plan.conftest import HOME, read_document

PAGE = f"{HOME}/mails"
FORM = {
    "rev": "1",
    "kind": "reminder",
    "when": "at",
    "at": "2026-12-03T10:00",
    "after_days": "",
    "subject.tr": "Yeni konu",
    "subject.en": "New subject",
    "text.tr": "Merhaba {ad|Mezunumuz}",
    "text.en": "",
    "do": "save",
}


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_plan_is_a_timeline_that_ends_with_the_closing(editor: Browser) -> None:
    page = words(editor.get(PAGE).text)

    assert "24 Kas 2026 Salı 10:00 Davet" in page
    assert "1 Ara 2026 Salı 10:00 1. hatırlatma" in page
    assert "≈ 2 kişi" in page
    assert "31 Ara 2026 Perşembe 23:59 Kapanış" in page


def test_mailing_opens_with_its_words_and_the_fields_to_put_in(editor: Browser) -> None:
    page = editor.get(f"{PAGE}?open=1").text

    assert 'name="subject.tr" lang="tr" maxlength="120" value="Bekliyoruz"' in page
    assert "{ad|Mezunumuz}" in page
    assert "görüşünüzü bekliyoruz" in page


def test_mailing_is_saved_as_the_form_says(editor: Browser, session: Session) -> None:
    answer = editor.post(f"{PAGE}/1", FORM)

    assert (answer.status_code, answer.location) == (303, f"{PAGE}#mail-1")
    assert read_document(session)["mailings"][1] == {
        "kind": "reminder",
        "at": "2026-12-03T10:00",
        "subject": {"tr": "Yeni konu", "en": "New subject"},
        "text": {"tr": "Merhaba {ad|Mezunumuz}"},
    }


def test_text_that_is_emptied_leaves_the_kinds_own_words(editor: Browser, session: Session) -> None:
    editor.post(f"{PAGE}/1", FORM)

    editor.post(f"{PAGE}/1", {**FORM, "rev": "2", "text.tr": " "})

    assert "text" not in read_document(session)["mailings"][1]


@pytest.mark.parametrize(
    ("typed", "field"), [({"at": "soon"}, "at"), ({"subject.tr": "x" * 121}, "subject.tr")]
)
def test_what_cannot_be_kept_is_told_at_its_field(
    editor: Browser, typed: dict[str, str], field: str
) -> None:
    page = editor.post(f"{PAGE}/1", {**FORM, **typed})

    assert page.status_code == 422
    assert f'href="#{field}"' in page.text
    assert "Merhaba {ad|Mezunumuz}" in page.text


def test_second_person_at_a_mailing_is_told_and_loses_nothing(
    editor: Browser, session: Session, draft: Survey
) -> None:
    edit(
        session,
        survey=draft,
        operation=SetMailing(1, "reminder", {"subject": {"tr": "Başkası"}}),
        base_revision=1,
        actor="cli",
        now=NOW,
    )
    session.commit()

    page = editor.post(f"{PAGE}/1", FORM)

    assert page.status_code == 409
    assert 'value="Yeni konu"' in page.text
    assert 'name="rev" value="2"' in page.text


def test_reminder_is_added_on_a_good_day_with_other_words(
    editor: Browser, session: Session
) -> None:
    answer = editor.post(PAGE, {"rev": "1"})

    added = read_document(session)["mailings"][2]
    assert answer.location.startswith(f"{PAGE}?open=2")
    assert (added["kind"], added["at"]) == ("reminder", "2026-12-10T10:00")
    assert added["subject"]["tr"] == "{ad|Mezunumuz}, görüşünüzü bekliyoruz"


def test_reminder_is_removed(editor: Browser, session: Session) -> None:
    assert editor.post(f"{PAGE}/1/delete", {"rev": "1", "kind": "reminder"}).status_code == 303
    assert len(read_document(session)["mailings"]) == 1


def test_invitation_stays(editor: Browser) -> None:
    assert editor.post(f"{PAGE}/0/delete", {"rev": "1", "kind": "invitation"}).status_code == 422


def test_closing_is_saved_from_its_row(editor: Browser, session: Session) -> None:
    times = {"rev": "1", "opens_at": "2026-11-24T09:00", "closes_at": "2026-12-20T23:59"}

    assert editor.post(f"{PAGE}/closing", times).status_code == 303
    assert read_document(session)["closes_at"] == "2026-12-20T23:59"


def test_closing_before_the_opening_is_refused_and_kept_typed(editor: Browser) -> None:
    times = {"rev": "1", "opens_at": "2026-11-24T09:00", "closes_at": "2026-11-20T23:59"}
    page = editor.post(f"{PAGE}/closing", times)

    assert page.status_code == 422
    assert 'value="2026-11-20T23:59"' in page.text


@pytest.mark.parametrize(
    ("at", "warning"),
    [
        ("2026-12-05T10:00", "Hafta sonu."),
        ("2026-12-03T23:00", "Gece saati."),
        ("2026-11-25T10:00", "3 günden"),
    ],
)
def test_plan_warns_of_bad_times(editor: Browser, at: str, warning: str) -> None:
    editor.post(f"{PAGE}/1", {**FORM, "at": at})

    assert warning in editor.get(PAGE).text


def test_letter_has_a_policy_of_its_own_and_real_words(editor: Browser) -> None:
    letter = editor.get(f"{PAGE}/0/letter")

    policy = letter.headers["Content-Security-Policy"]
    assert "default-src 'none'; style-src 'sha256-" in policy
    assert "frame-ancestors 'self'" in policy
    assert "Sayın Ayşe Hukuk" in letter.text


def test_preview_shows_the_next_person_and_the_other_language(editor: Browser) -> None:
    first = editor.get(f"{PAGE}/0/preview").text
    after = re.search(r"\?after=(\d+)&amp;in=tr\"", first)
    assert after is not None

    second = editor.get(f"{PAGE}/0/preview?after={after[1]}&in=en").text

    assert "Ayşe Hukuk" in first
    assert "Ayşe Tıp" in second
    assert "Ayşe, a survey" in second


def test_links_of_a_preview_answer_nothing(editor: Browser) -> None:
    page = editor.get(f"{PAGE}/0/preview").text

    assert "/surveys/draft/preview" in page
    assert "/s/" not in page


def test_preview_says_which_field_is_empty(
    editor: Browser, session: Session, draft: Survey
) -> None:
    first, *others = draft.definition["mailings"]
    plan = [{**first, "subject": {"tr": "{program}"}}, *others]
    draft.definition = {**draft.definition, "mailings": plan}
    session.execute(update(Alumnus).values(programme=None))
    session.commit()

    page = editor.get(f"{PAGE}/0/preview")

    assert (page.status_code, "{program} bu kişi için boş" in page.text) == (200, True)


def test_test_mail_is_queued_for_whoever_asks(
    editor: Browser, session: Session, staff: Staff
) -> None:
    answer = editor.post(f"{PAGE}/0/test", {"in": "tr", "after": "0"})

    mail = session.scalars(select(StaffMail)).one()
    assert answer.location == f"{PAGE}?open=0#trial"
    assert (mail.staff_id, mail.kind, mail.state) == (staff.id, "test", "queued")
    assert "Deneme e-postası gönderilmeyi bekliyor." in editor.get(f"{PAGE}?open=0").text


@pytest.mark.parametrize("path", ["9/letter", "9/preview"])
def test_unknown_mailing_is_not_found(editor: Browser, path: str) -> None:
    assert editor.get(f"{PAGE}/{path}").status_code == 404


@pytest.mark.parametrize("path", ["", "/1", "/1/delete", "/closing", "/0/test"])
def test_viewer_changes_nothing_of_the_plan(
    editor: Browser, session: Session, staff: Staff, path: str
) -> None:
    staff.role = Role.VIEWER
    session.commit()

    assert editor.post(f"{PAGE}{path}", FORM).status_code == 403
    assert read_document(session)["mailings"][1]["subject"]["tr"] == "Bekliyoruz"
