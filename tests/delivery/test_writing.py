"""From an outbox row to an envelope: whose it is, where its bounces go, what it says."""

import base64
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes, policy
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from surveys.delivery.house import read_house, read_mail_server
from surveys.delivery.letters import Choice, closing_day, estimate_minutes, read_letter
from surveys.delivery.writing import Envelope, write_mail
from surveys.tokens import tag_row
from tests.conftest import NOW, make_settings
from tests.delivery.mails import ADDRESSEE, HOUSE, KEYS, make_letter, make_links
from tests.factories import (
    make_document,
    make_mailing,
    make_survey,
)

SNAPSHOT = {
    "code": "job",
    "text": {"tr": "Çalışıyor musunuz?", "en": "Do you work?"},
    "options": [{"value": "yes", "text": {"tr": "Evet", "en": "Yes"}}],
    "low": None,
    "high": None,
}


def write(**over: object) -> Envelope:
    house = replace(HOUSE, **over)  # type: ignore[arg-type] # fields by name
    return write_mail(make_letter(), addressee=ADDRESSEE, house=house, keys=KEYS, now=NOW)


def test_bounces_come_back_under_the_row_and_its_tag() -> None:
    local, _, domain = write().sender.partition("@")

    letters = local.removeprefix("b+")
    assert domain == "bounce.anket.example.edu.tr"
    assert len(letters) == 16
    assert int.from_bytes(base64.b32decode(letters[:8].upper()), "big") == 1234
    assert letters[8:] == tag_row(
        KEYS.hash[0], label="bounce", row_id=1234, owner=ADDRESSEE.public_id
    )


def test_bounces_come_to_the_sender_when_no_pattern_is_set() -> None:
    assert write(bounce_pattern=None).sender == "mezun@example.edu.tr"


def test_a_mail_is_the_same_each_time_and_has_one_recipient() -> None:
    envelope = write()

    mail = message_from_bytes(envelope.content, policy=policy.default)
    assert envelope == write()
    assert envelope.recipient == "isil@example.com"
    assert str(mail["To"]) == "Işıl Yılmaz <isil@example.com>"
    tag = tag_row(KEYS.hash[0], label="message", row_id=1234, owner=ADDRESSEE.public_id)
    assert mail["Message-ID"] == f"<m.1234.{tag}@example.edu.tr>"


def test_links_are_those_of_the_reference() -> None:
    links = make_links()

    assert links.answer.endswith("/s/aerukz4jvpg66mgo2leknmnihc6x45sa")
    assert links.unsubscribe.endswith("/u/aerukz4jvpg66vqqoro4zc7qmo726h4z")
    assert links.view.endswith("/v/aerukz4jvpg67qvofc3bj7nj4tnqsz2l")
    assert links.privacy == "https://anket.example.edu.tr/privacy/mezun-izleme-2026"


@pytest.mark.parametrize(
    ("language", "subject", "question", "choice"),
    [
        ("tr", "{ad}, anket", "Çalışıyor musunuz?", "Evet"),
        ("en", "{ad}, a survey", "Do you work?", "Yes"),
    ],
)
def test_a_letter_is_read_in_one_language(
    session: Session, language: str, subject: str, question: str, choice: str
) -> None:
    mailing = make_mailing(session, survey=make_survey(session), question=SNAPSHOT)

    letter = read_letter(mailing, language=language, house=HOUSE)

    assert letter.subject == subject
    assert letter.question is not None
    assert letter.question.text == question
    assert letter.question.choices == (Choice("yes", choice),)
    assert letter.organisation == HOUSE.organisation[language]


def test_a_letter_falls_back_to_the_language_that_it_has(session: Session) -> None:
    mailing = make_mailing(
        session, survey=make_survey(session), subject={"tr": "Anket"}, text={"tr": "Merhaba"}
    )

    letter = read_letter(mailing, language="en", house=HOUSE)

    assert (letter.subject, letter.text, letter.question) == ("Anket", "Merhaba", None)


@pytest.mark.parametrize(
    ("closes_at", "language", "day"),
    [
        ("2026-12-31T20:59:00+00:00", "tr", "31 Aralık 2026"),
        ("2026-12-31T21:00:00+00:00", "tr", "31 Aralık 2026"),
        ("2026-12-31T21:01:00+00:00", "en", "1 January 2027"),
    ],
)
def test_the_last_day_is_the_one_before_a_closing_at_midnight(
    session: Session, closes_at: str, language: str, day: str
) -> None:
    survey = make_survey(session, closes_at=datetime.fromisoformat(closes_at))

    assert closing_day(survey, zone=ZoneInfo("Europe/Istanbul"), language=language) == day


def test_minutes_grow_with_questions_and_items_but_not_with_notes() -> None:
    question: dict[str, object] = {"code": "a", "type": "yes_no", "text": {}}
    group = {**question, "type": "scale_group", "items": [{}] * 4}
    note = {**question, "type": "note"}

    def minutes(*questions: dict[str, object]) -> int:
        return estimate_minutes(make_document(sections=[{"title": {}, "questions": questions}]))

    assert minutes(question, note) == 1
    assert minutes(*[question] * 13, group) == 4


def test_a_house_and_its_server_are_read_from_the_settings() -> None:
    settings = make_settings(
        "sqlite:///x.db", MAIL_SERVER="smtp.example.edu.tr", MAIL_PORT="587", MAIL_USE_TLS="1"
    )

    house, server = read_house(settings), read_mail_server(settings)

    assert house.sender.address == house.contact.address == "mezun@example.edu.tr"
    assert house.sender.name == "Mezunlar Ofisi"
    assert (house.host, house.mail_domain) == ("anket.example.edu.tr", "example.edu.tr")
    assert (server.host, server.port, server.use_tls) == ("smtp.example.edu.tr", 587, True)
    assert server.ehlo_name == "anket.example.edu.tr"
