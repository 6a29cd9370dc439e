"""The mail with a one-time link: what it says, and that its link opens."""

import re

import pytest
from sqlalchemy.orm import Session

from surveys.accounts.links import get_link
from surveys.delivery.house import read_house
from surveys.notifying.letters import Context, StaffLetter
from surveys.notifying.link_letter import LinkOccasion, write_link_letter
from surveys.settings import Settings
from tests.conftest import NOW
from tests.notifying.members import make_staff, queue_link

LINK = re.compile(r"https://anket\.example\.edu\.tr/login/link/(\S+)")


@pytest.fixture
def context(settings: Settings) -> Context:
    return Context(house=read_house(settings), keys=settings.keys(), zone=settings.zone, now=NOW)


def _write(session: Session, context: Context, **over: str) -> StaffLetter:
    person = make_staff(session, **over)
    mail = queue_link(session, person)
    assert mail
    return write_link_letter(session, mail, context)


def test_link_in_the_letter_opens_the_account(session: Session, context: Context) -> None:
    letter = _write(session, context)

    found = LINK.search(letter.text)
    assert found
    assert get_link(session, secret=found[1], now=NOW).staff.name == "Zeynep Kaya"
    assert f'href="{found[0]}"' in letter.html


@pytest.mark.parametrize(
    ("language", "subject", "greeting"),
    [
        ("tr", "Dönüt hesabınız hazır", "Sayın Zeynep Kaya,"),
        ("en", "Your account in Dönüt", "Dear Zeynep Kaya,"),
    ],
)
def test_letter_speaks_its_readers_language(
    session: Session, context: Context, language: str, subject: str, greeting: str
) -> None:
    letter = _write(session, context, language=language)

    assert letter.subject == subject
    assert letter.text.startswith(f"{greeting}\n\n")
    assert greeting in letter.html


def test_name_is_escaped_in_html_alone(session: Session, context: Context) -> None:
    letter = _write(session, context, name="Ali <b>Kaya</b>")

    assert "Ali <b>Kaya</b>" in letter.text
    assert "Ali &lt;b&gt;Kaya&lt;/b&gt;" in letter.html


@pytest.mark.parametrize("occasion", LinkOccasion)
@pytest.mark.parametrize("language", ["tr", "en"])
def test_letter_has_words_for_every_occasion(
    session: Session, context: Context, occasion: LinkOccasion, language: str
) -> None:
    admin = make_staff(session, email="admin@example.edu.tr", name="Ali <Usta>")
    person = make_staff(session, language=language)
    named_by = None if occasion is LinkOccasion.FORGOTTEN else admin.id
    mail = queue_link(session, person, occasion=occasion, by_id=named_by)
    assert mail

    letter = write_link_letter(session, mail, context)

    assert letter.subject
    assert ("Ali <Usta>" in letter.text) == (named_by is not None)
    assert "Ali <Usta>" not in letter.html
