"""What the form shows: pre-selection, language, mistakes, who may see what."""

import gzip
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Draft, Invitation, Response
from surveys.settings import Settings
from tests.conftest import NOW
from tests.factories import make_alumnus, make_document, make_invitation, make_survey
from tests.form_client import Page, press, read_form
from tests.people import invite, link_to, read_reference_survey
from tests.questions import make_fields


@pytest.fixture
def person(session: Session) -> Invitation:
    return invite(session)


@pytest.fixture
def link(person: Invitation, settings: Settings) -> str:
    return link_to(person, settings.keys())


def have_answered(session: Session, person: Invitation) -> None:
    person.started_at = person.responded_at = NOW
    session.commit()


def test_link_of_the_mail_only_selects(client: FlaskClient, session: Session, link: str) -> None:
    page = client.get(f"{link}?s=nps:8")
    session.rollback()

    assert read_form(page).fields["nps"] == ["8"]
    assert session.scalars(select(Draft)).all() == []


@pytest.mark.parametrize("choice", ["nps:11", "nps", "nps:", ":8", "ghost:1", "comment:x"])
def test_selection_that_does_not_exist_shows_the_page_unselected(
    client: FlaskClient, link: str, choice: str
) -> None:
    page = client.get(link, query_string={"s": choice})

    assert page.status_code == 200
    assert "nps" not in read_form(page).fields


def test_selection_is_shown_over_what_was_saved_before(client: FlaskClient, link: str) -> None:
    press(client, client.get(link), {"nps": "2", "satisfaction": "5"})

    page = client.get(f"{link}?s=nps:9")

    assert read_form(page).fields["nps"] == ["9"]
    assert read_form(page).fields["satisfaction"] == ["5"]


def test_mistake_is_told_above_and_at_the_field(client: FlaskClient, link: str) -> None:
    page = press(client, client.get(link), {"nps": "7"})

    assert page.status_code == 422
    assert "<title>Hata: " in page.text
    assert page.text.index('role="alert"') < page.text.index("<h1>")
    assert page.text.count("memnunsunuz?” için bir seçenek işaretleyin.") == 2
    assert "#satisfaction" in Page(page.text).links
    assert "satisfaction" in Page(page.text).ids
    assert read_form(page).fields["nps"] == ["7"]


def test_several_mistakes_are_counted_in_the_heading(
    client: FlaskClient, session: Session, settings: Settings
) -> None:
    questions = [make_fields("a", "nps", required=True), make_fields("b", "date", required=True)]
    document = make_document(sections=[{"title": {"tr": "Bir"}, "questions": questions}])
    link = link_to(invite(session, document=document), settings.keys())

    page = press(client, client.get(link), {"b": "31.02.2026"})

    assert "Düzeltilmesi gereken 2 yanıt var" in page.text
    assert read_form(page).fields["b"] == ["31.02.2026"]


def test_language_switch_keeps_answers_and_is_remembered(
    client: FlaskClient, session: Session, person: Invitation, link: str
) -> None:
    press(client, client.get(link), {"nps": "2", "satisfaction": "5"})
    english = client.get(f"{link}?lang=en&section=1")
    press(client, english)
    session.rollback()

    assert '<html lang="en">' in english.text
    assert read_form(english).fields["nps"] == ["2"]
    assert person.language == "en"
    assert '<html lang="en">' in client.get(link).text


def test_language_button_keeps_what_was_typed_and_saves_nothing(
    client: FlaskClient, session: Session, person: Invitation, link: str
) -> None:
    sent = {**read_form(client.get(f"{link}?s=nps:7")).fields, "satisfaction": ["4"]}

    english = client.post(f"{link}?lang=en", data={**sent, "_action": "language"})

    fields = read_form(english).fields
    session.rollback()
    assert (english.status_code, '<html lang="en">' in english.text) == (200, True)
    assert (fields["nps"], fields["satisfaction"]) == (["7"], ["4"])
    assert (person.started_at, person.language) == (None, "tr")


def test_language_button_of_an_old_page_shows_the_thanks(
    client: FlaskClient, session: Session, person: Invitation, link: str
) -> None:
    have_answered(session, person)

    page = client.post(f"{link}?lang=en", data={"nps": "9", "_action": "language"})

    assert (page.status_code, page.location) == (303, f"{link}?lang=en")


def test_thanks_say_in_the_other_language_too_what_was_not_taken(
    client: FlaskClient, session: Session, person: Invitation, link: str
) -> None:
    have_answered(session, person)

    page = client.get(f"{link}?late=1")

    assert "?lang=en&amp;late=1" in page.text


def test_language_that_the_survey_lacks_is_not_offered(
    client: FlaskClient, session: Session, settings: Settings
) -> None:
    link = link_to(invite(session, document=make_document(languages=["tr"])), settings.keys())

    page = client.get(f"{link}?lang=en")

    assert '<html lang="tr">' in page.text
    assert "English" not in page.text


def test_page_names_nobody_beyond_the_given_name(
    client: FlaskClient, session: Session, settings: Settings
) -> None:
    survey = make_survey(session, document=read_reference_survey())
    alumnus = make_alumnus(session, family_name="Çetinkaya", external_id="X-4711")
    person = make_invitation(session, survey=survey, alumnus=alumnus)
    session.commit()

    text = client.get(link_to(person, settings.keys())).text

    assert "Merhaba Ayşe," in text
    for secret in ("Çetinkaya", "X-4711", str(alumnus.email), "Mühendislik", person.public_id):
        assert secret not in text


def test_typed_markup_stays_text(client: FlaskClient, link: str) -> None:
    press(client, client.get(link), {"satisfaction": "5"})
    evil = '"><script>alert(1)</script>{{ 7*7 }}'
    page = client.post(link, data={"job_city": evil * 2, "_section": "2", "_action": "next"})

    assert "<script>alert" not in page.text
    assert "49" not in page.text.split("job_city")[-1][:200]


def test_demo_survey_says_so(client: FlaskClient, session: Session, settings: Settings) -> None:
    link = link_to(invite(session, is_demo=True), settings.keys())

    assert "Gösterim amaçlı örnek." in client.get(link).text


def test_section_ahead_of_a_required_question_is_not_shown(client: FlaskClient, link: str) -> None:
    page = client.get(f"{link}?section=4")

    assert read_form(page).fields["_section"] == ["1"]


def test_script_gets_the_new_revision_and_a_stale_one_is_refused(
    client: FlaskClient, link: str
) -> None:
    save = {"nps": "7", "_section": "1", "_revision": "0", "_action": "save"}

    first, stale = client.post(link, data=save), client.post(link, data=save)

    assert first.get_json() == {"revision": 1, "message": "Yanıtlarınız kaydedildi."}
    assert stale.status_code == 409


def test_script_is_told_of_an_answer_that_was_not_saved(client: FlaskClient, link: str) -> None:
    save = {"events_attended": "999", "_section": "4", "_revision": "0", "_action": "save"}

    assert client.post(link, data=save).get_json()["message"] == "Bir yanıt henüz kaydedilmedi."


@pytest.mark.parametrize(
    "data",
    [
        {"_section": "-1"},
        {"_section": "99"},
        {"_section": "9" * 40, "_action": "x"},
        {"_action": "submit", "_section": "x"},
        {"_revision": "x", "_action": "next"},
        {"_lang": "de"},
    ],
)
def test_strange_form_breaks_nothing(client: FlaskClient, link: str, data: dict[str, str]) -> None:
    page = client.post(link, data=data, follow_redirects=True)

    assert page.status_code in {200, 422}
    assert read_form(page).buttons


def link_to_one_text(session: Session, settings: Settings) -> str:
    questions = [make_fields("q", "short_text")]
    document = make_document(sections=[{"title": {"tr": "Bir"}, "questions": questions}])
    return link_to(invite(session, document=document), settings.keys())


@pytest.mark.parametrize("text", ["a\x01b", "a" * 5000])
def test_unusable_text_is_a_mistake_of_its_field(
    client: FlaskClient, session: Session, settings: Settings, text: str
) -> None:
    link = link_to_one_text(session, settings)

    page = client.post(link, data={"_section": "1", "_action": "submit", "q": text})
    session.rollback()

    assert page.status_code == 422
    assert 'href="#q"' in page.text
    assert session.scalars(select(Response)).all() == []


@pytest.mark.parametrize("octets", [b"\xed\xa0\x80", b"\xff\xfe", b"\xed\xb0\x80x"])
def test_bytes_that_are_no_text_are_a_mistake_of_their_field(
    client: FlaskClient, session: Session, settings: Settings, octets: bytes
) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="q"\r\n\r\n' + octets + b"\r\n--x--\r\n"

    page = client.post(
        link_to_one_text(session, settings),
        data=part,
        content_type="multipart/form-data; boundary=x",
    )

    assert page.status_code == 422
    assert 'href="#q"' in page.text


def test_page_is_light_and_asks_three_files(app: Flask, link: str) -> None:
    client = app.test_client()
    takes_gzip = {"Accept-Encoding": "gzip"}
    page = client.get(link, headers=takes_gzip)
    html = gzip.decompress(page.data).decode()
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', html)

    sizes = [len(page.data), *(len(client.get(f, headers=takes_gzip).data) for f in files)]

    assert len(sizes) <= 3
    assert sum(sizes) <= 15_000
    assert not re.findall(r'(?:href|src|action)="(?:https?:)?//', html)


def test_page_holds_no_inline_style_or_script(client: FlaskClient, link: str) -> None:
    tags = Page(client.get(link).text).tags

    assert not [tag for tag, given in tags if "style" in given or tag == "style"]
    assert not [given for _tag, given in tags if any(name.startswith("on") for name in given)]
    assert all(given.get("src") for tag, given in tags if tag == "script")


def test_ids_are_unique_and_every_field_is_labelled(client: FlaskClient, link: str) -> None:
    press(client, client.get(link), {"satisfaction": "5"})

    page = Page(client.get(f"{link}?section=2").text)

    assert len(page.ids) == len(set(page.ids))
    described = [g["aria-describedby"] for _t, g in page.tags if "aria-describedby" in g]
    assert all(name in page.ids for names in described for name in names.split())
