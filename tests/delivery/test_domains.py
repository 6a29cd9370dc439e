"""Which group of receivers an address belongs to, as the database tells it."""

import pytest
from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from surveys.delivery.domains import group_of, registrable, regroup_queued
from tests.factories import make_messages


@pytest.mark.parametrize(
    ("email", "group"),
    [
        ("a@gmail.com", "gmail"),
        ("a@googlemail.com", "gmail"),
        ("a@hotmail.com.tr", "microsoft"),
        ("a@yahoo.com.tr", "yahoo"),
        ("a@yandex.com", "yandex"),
        ("a@icloud.com", "icloud"),
        ("a@example.edu.tr", "own"),
        ("a@ogr.example.edu.tr", "own"),
        ("a@notexample.edu.tr", "rest"),
        ("gmail.com@firma.example", "rest"),
        ("a@notgmail.com", "rest"),
        ("a@gmail.com.example", "rest"),
    ],
)
def test_group_follows_the_domain(session: Session, email: str, group: str) -> None:
    expression = group_of(literal(email), sender_domain="anket.example.edu.tr")

    assert session.scalar(select(expression)) == group


@pytest.mark.parametrize(
    ("domain", "registered"),
    [
        ("anket.example.edu.tr", "example.edu.tr"),
        ("example.edu.tr", "example.edu.tr"),
        ("mail.uni.example.com", "example.com"),
        ("uni.de", "uni.de"),
        ("localhost", "localhost"),
        ("", ""),
    ],
)
def test_organisation_is_told_by_the_shape_of_its_domain(domain: str, registered: str) -> None:
    assert registrable(domain) == registered


def test_waiting_mails_follow_their_person_to_another_group(session: Session) -> None:
    waiting, gone = make_messages(session, 1)[0], make_messages(session, 1, state="failed")[0]
    for message in (waiting, gone):
        person = message.invitation.alumnus
        person.email = "ayse@gmail.com"
        session.flush()
        regroup_queued(session, alumnus_id=person.id, sender_domain="example.edu.tr")

    session.expire_all()
    assert (waiting.domain_group, gone.domain_group) == ("gmail", "rest")
