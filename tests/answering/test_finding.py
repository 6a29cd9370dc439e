"""A link opens one invitation, or nothing in the same words."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import SurveyVersion
from surveys.answering.finding import LinkUnknown, find_invitation
from surveys.settings import Settings
from surveys.tokens import Keys, Purpose, make_link_token
from tests.conftest import NOW
from tests.people import invite

ANSWER = Purpose.ANSWER


def token_of(session: Session, keys: Keys, purpose: Purpose = ANSWER, **over: object) -> str:
    invitation = invite(session)
    values = {"public_id": invitation.public_id, "epoch": invitation.token_epoch, **over}
    return make_link_token(keys.link[0], purpose=purpose, **values)  # type: ignore[arg-type] # the test's own values


def find_number(engine: Any, token: str, keys: Keys) -> int:
    """Find the invitation for writing, on a connection of its own; return its version's number."""
    with Session(engine) as session:
        found = find_invitation(session, token=token, purpose=ANSWER, keys=keys, is_writing=True)
        return found.survey_version.number


@pytest.mark.parametrize("purpose", Purpose)
def test_link_opens_the_invitation_for_its_purpose(
    session: Session, settings: Settings, purpose: Purpose
) -> None:
    token = token_of(session, settings.keys(), purpose)

    found = find_invitation(session, token=token, purpose=purpose, keys=settings.keys())

    assert found.alumnus.given_name == "Ayşe"


def test_link_in_capitals_opens_it_too(session: Session, settings: Settings) -> None:
    token = token_of(session, settings.keys())

    found = find_invitation(session, token=token.upper(), purpose=ANSWER, keys=settings.keys())

    assert found.survey.code == "mezun-izleme-2026"


def test_link_made_with_an_older_key_still_opens(session: Session) -> None:
    old, new = b"o" * 32, b"n" * 32
    token = token_of(session, Keys(link=[old], hash=[]))

    found = find_invitation(
        session, token=token, purpose=ANSWER, keys=Keys(link=[new, old], hash=[])
    )

    assert found is not None


SPOILERS: dict[str, Callable[[str], str]] = {
    "cut": lambda token: token[:-1],
    "longer": lambda token: token + "a",
    "last letter": lambda token: token[:-1] + ("a" if token[-1] != "a" else "b"),
    "first letter": lambda token: ("b" if token[0] != "b" else "c") + token[1:],
    "empty": lambda _token: "",
    "never made": lambda _token: "a" * 32,
    "not base32": lambda _token: "1" * 32,
    "not ASCII": lambda token: token[:-1] + "ı",
    "NUL": lambda token: token[:-1] + "\x00",
    "padding": lambda token: f"{token}=",
}


@pytest.mark.parametrize("how", SPOILERS)
def test_spoiled_link_is_unknown(session: Session, settings: Settings, how: str) -> None:
    token = SPOILERS[how](token_of(session, settings.keys()))

    with pytest.raises(LinkUnknown):
        find_invitation(session, token=token, purpose=ANSWER, keys=settings.keys())


@pytest.mark.parametrize("purpose", [Purpose.UNSUBSCRIBE, Purpose.VIEW])
def test_link_of_another_purpose_is_unknown(
    session: Session, settings: Settings, purpose: Purpose
) -> None:
    token = token_of(session, settings.keys(), purpose)

    with pytest.raises(LinkUnknown):
        find_invitation(session, token=token, purpose=ANSWER, keys=settings.keys())


def test_revoked_link_is_unknown(session: Session, settings: Settings) -> None:
    invitation = invite(session)
    token = make_link_token(
        settings.keys().link[0], public_id=invitation.public_id, epoch=0, purpose=ANSWER
    )
    invitation.token_epoch = 1
    session.flush()

    with pytest.raises(LinkUnknown):
        find_invitation(session, token=token, purpose=ANSWER, keys=settings.keys())


def test_link_made_with_a_foreign_key_is_unknown(session: Session, settings: Settings) -> None:
    token = token_of(session, Keys(link=[b"x" * 32], hash=[]))

    with pytest.raises(LinkUnknown):
        find_invitation(session, token=token, purpose=ANSWER, keys=settings.keys())


@pytest.mark.postgresql
def test_link_opens_while_its_version_changes(session: Session, settings: Settings) -> None:
    token = token_of(session, settings.keys())
    engine = session.get_bind()
    with Session(engine) as correcting, ThreadPoolExecutor(1) as pool:
        invitation = find_invitation(
            correcting, token=token, purpose=ANSWER, keys=settings.keys(), is_writing=True
        )
        invitation.survey_version = SurveyVersion(
            survey=invitation.survey,
            number=2,
            definition=invitation.survey_version.definition,
            notice_version="1",
            created_at=NOW,
        )
        correcting.flush()

        found = pool.submit(find_number, engine, token, settings.keys())
        with pytest.raises(TimeoutError):
            found.result(timeout=0.5)
        correcting.commit()

        assert found.result(timeout=5) == 2
