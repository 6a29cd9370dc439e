"""Keys of other systems that end soon: admins are told 30 and 7 days before, in words."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import ApiKey, Role, StaffMail, StaffMailKind
from surveys.api_keys.keeping import note_use, revoke_key
from surveys.delivery.house import read_house
from surveys.notifying.alert_letter import write_alert_letter
from surveys.notifying.alerts import list_alerts, queue_alerts
from surveys.notifying.digest_letter import write_digest_letter
from surveys.notifying.digests import queue_digests
from surveys.notifying.letters import Context, StaffLetter
from surveys.settings import Settings
from tests.api_keys.made import NAME, make, succeed
from tests.conftest import NOW
from tests.factories import make_alumnus, make_invitation, make_survey
from tests.notifying.members import make_staff

END = NOW.replace(year=NOW.year + 1)


@pytest.fixture
def key(session: Session, settings: Settings) -> ApiKey:
    """A key made at NOW for twelve months."""
    return make(session, settings)[0]


def names(session: Session, settings: Settings, *, before: timedelta) -> list[str]:
    """Return the keys of what staff are told `before` the end of the key."""
    alerts = list_alerts(session, now=END - before, zone=settings.zone)
    return [alert.key for alert in alerts]


def write(session: Session, settings: Settings, *, at: datetime) -> StaffLetter | None:
    context = Context(house=read_house(settings), keys=settings.keys(), zone=settings.zone, now=at)
    mail = session.scalars(select(StaffMail).order_by(StaffMail.id.desc())).first()
    assert mail is not None
    writers: Any = {
        StaffMailKind.ALERT: write_alert_letter,
        StaffMailKind.DIGEST: write_digest_letter,
    }
    letter: StaffLetter | None = writers[StaffMailKind(mail.kind)](session, mail, context)
    return letter


@pytest.mark.parametrize(
    ("before", "step"),
    [
        (timedelta(days=30, seconds=1), None),
        (timedelta(days=30), None),
        (timedelta(days=29, hours=23), 30),
        (timedelta(days=7, seconds=1), 30),
        (timedelta(days=7), 7),
        (timedelta(hours=1), 7),
        (timedelta(0), None),
    ],
)
def test_key_is_told_of_in_two_steps(
    session: Session, settings: Settings, key: ApiKey, before: timedelta, step: int | None
) -> None:
    expected = [f"key_ends:{key.public_id}:{step}"] if step else []

    assert names(session, settings, before=before) == expected


def test_key_with_a_successor_or_revoked_is_not_told_of(
    session: Session, settings: Settings, key: ApiKey
) -> None:
    other, _ = make(session, settings, name="Başka")
    succeed(session, settings, key, now=END - timedelta(days=40))
    revoke_key(session, key=other, actor="cli", now=NOW)

    assert names(session, settings, before=timedelta(days=3)) == []


@pytest.mark.parametrize(("days", "steps"), [(5, []), (7, []), (20, [7]), (30, [7]), (31, [30, 7])])
def test_key_made_for_a_short_time_is_told_of_when_there_is_news(
    session: Session, settings: Settings, days: int, steps: list[int]
) -> None:
    key, _ = make(session, settings, expires_at=NOW + timedelta(days=days))

    moments = [NOW + timedelta(hours=hour) for hour in range(0, days * 24, 12)]
    alerts = [
        alert.key for at in moments for alert in list_alerts(session, now=at, zone=settings.zone)
    ]

    assert list(dict.fromkeys(alerts)) == [f"key_ends:{key.public_id}:{step}" for step in steps]


def test_demo_key_is_not_told_of_where_there_are_real_people(
    session: Session, settings: Settings
) -> None:
    make(session, settings, is_demo=True)
    make_alumnus(session, is_demo=True)
    in_demo = names(session, settings, before=timedelta(days=3))
    make_alumnus(session)

    assert len(in_demo) == 1
    assert names(session, settings, before=timedelta(days=3)) == []


@pytest.mark.usefixtures("key")
def test_admins_alone_are_mailed_once_a_step(session: Session, settings: Settings) -> None:
    admin = make_staff(session, role=Role.ADMIN)
    make_staff(session, email="b@example.edu.tr")

    for days in (20, 19, 6, 5):
        queue_alerts(session, now=END - timedelta(days=days), zone=settings.zone)

    mails = session.scalars(select(StaffMail)).all()
    assert [mail.staff_id for mail in mails] == [admin.id, admin.id]


def test_letter_says_whose_key_ends_when_and_what_to_do(
    session: Session, settings: Settings, key: ApiKey
) -> None:
    make_staff(session, role=Role.ADMIN)
    note_use(session, key_id=key.id, on=NOW.date())
    at = END - timedelta(days=7)
    queue_alerts(session, now=at, zone=settings.zone)

    letter = write(session, settings, at=at)

    assert letter is not None
    assert letter.subject == f"Anahtarın süresi doluyor: {NAME}"
    assert "23 Kasım 2027 12:00 tarihinde" in letter.text
    assert "Son kullanım: 23 Kasım 2026" in letter.text
    assert f"https://anket.example.edu.tr/api-keys/{key.public_id}" in letter.html


def test_letter_is_not_sent_once_there_is_a_successor(
    session: Session, settings: Settings, key: ApiKey
) -> None:
    make_staff(session, role=Role.ADMIN)
    at = END - timedelta(days=7)
    queue_alerts(session, now=at, zone=settings.zone)
    succeed(session, settings, key, now=at)

    assert write(session, settings, at=at) is None


@pytest.mark.parametrize(("role", "is_told"), [(Role.ADMIN, True), (Role.EDITOR, False)])
@pytest.mark.usefixtures("key")
def test_summary_names_ending_keys_to_admins(
    session: Session, settings: Settings, *, role: Role, is_told: bool
) -> None:
    make_staff(session, role=role, language="en")
    at = END - timedelta(days=6, hours=2)
    survey = make_survey(
        session, launched_at=at - timedelta(days=9), closes_at=at + timedelta(days=9)
    )
    make_invitation(session, survey=survey, started_at=at, responded_at=at - timedelta(hours=1))
    assert queue_digests(session, now=at, zone=settings.zone) == 1

    letter = write(session, settings, at=at)

    assert letter is not None
    for words in (letter.text, letter.html):
        assert (f"{NAME}: 23 November 2027 12:00" in words) is is_told
        assert ("/api-keys" in words) is is_told
