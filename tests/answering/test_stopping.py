"""No more mail, and taking it back."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Suppression
from surveys.answering.stopping import resume_mail, stop_mail
from surveys.roster.suppression import is_suppressed
from surveys.settings import Settings
from tests.conftest import NOW
from tests.people import invite


def test_word_is_kept_for_the_person_and_the_invitation(
    session: Session, settings: Settings
) -> None:
    person, keys = invite(session), settings.keys()

    stop_mail(session, invitation=person, keys=keys, now=NOW)

    assert person.declined_at == NOW
    assert is_suppressed(session, alumnus=person.alumnus, keys=keys)


def test_word_said_twice_is_one_word(session: Session, settings: Settings) -> None:
    person, keys = invite(session), settings.keys()

    stop_mail(session, invitation=person, keys=keys, now=NOW)
    stop_mail(session, invitation=person, keys=keys, now=NOW + timedelta(days=1))

    assert person.declined_at == NOW
    assert session.scalar(select(func.count()).select_from(Suppression)) == 1


def test_word_can_be_taken_back_and_given_again(session: Session, settings: Settings) -> None:
    person, keys = invite(session), settings.keys()

    stop_mail(session, invitation=person, keys=keys, now=NOW)
    resume_mail(session, invitation=person, keys=keys, now=NOW)
    was_lifted = not is_suppressed(session, alumnus=person.alumnus, keys=keys)
    is_cleared = person.declined_at is None
    stop_mail(session, invitation=person, keys=keys, now=NOW)

    assert was_lifted
    assert is_cleared
    assert is_suppressed(session, alumnus=person.alumnus, keys=keys)


def test_word_counts_after_the_survey_has_closed(session: Session, settings: Settings) -> None:
    person = invite(session, closed_at=NOW - timedelta(minutes=1))

    stop_mail(session, invitation=person, keys=settings.keys(), now=NOW)

    assert is_suppressed(session, alumnus=person.alumnus, keys=settings.keys())
