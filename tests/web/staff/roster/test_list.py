"""The graduates as a list: found by Turkish names, in Turkish order, page by page."""

import re

import pytest
from sqlalchemy.orm import Session

from models import Suppression
from surveys.roster.listing import PAGE_SIZE
from tests.conftest import NOW
from tests.factories import make_alumnus
from tests.web.staff.conftest import Browser
from tests.web.staff.roster.conftest import text_of


def names_on(browser: Browser, query: str = "") -> list[str]:
    """The names in the list, from top to bottom."""
    page = browser.get(f"/roster{query}").get_data(as_text=True)
    return re.findall(r'href="/roster/\d+"><strong>([^<]+)<', page)


def _people(session: Session) -> None:
    for given, family, over in (
        ("Işıl", "Çağrı", {"unit": "Hukuk Fakültesi", "graduation_year": 2020}),
        ("İlker", "Cide", {"programme": "Tıp", "email": "ilker@example.com"}),
        ("Ayşe", "Ardahan", {"email": None, "email_fault": "missing"}),
        ("Can", "Uşak", {"ineligible_at": NOW}),
        ("Ece", "Ömerli", {}),
    ):
        make_alumnus(session, given_name=given, family_name=family, **over)
    stopped = make_alumnus(session, given_name="Umut", family_name="Hatay")
    row = {"address_hash": "x", "reason": "staff", "created_at": NOW}
    session.add(Suppression(alumnus_id=stopped.id, **row))
    make_alumnus(session, given_name="", family_name="", erased_at=NOW)
    session.commit()


def test_list_is_in_turkish_order_and_leaves_out_the_erased(
    session: Session, signed_in: Browser
) -> None:
    _people(session)

    assert [name.split()[1] for name in names_on(signed_in)] == [
        "Ardahan", "Cide", "Çağrı", "Hatay", "Ömerli", "Uşak",
    ]  # fmt: skip
    assert "6 kişi" in text_of(signed_in.get("/roster"))


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?search=isil", ["Işıl Çağrı"]),
        ("?search=IŞIL", ["Işıl Çağrı"]),
        ("?search=cagri+isi", ["Işıl Çağrı"]),
        ("?search=ILKER", ["İlker Cide"]),
        ("?search=merl", ["Ece Ömerli"]),
        ("?search=%25", []),
        ("?search=+%C4%B0LKER@example.com", ["İlker Cide"]),
        ("?search=ker@example.com", []),
        ("?unit=Hukuk+Fak%C3%BCltesi", ["Işıl Çağrı"]),
        ("?programme=T%C4%B1p", ["İlker Cide"]),
        ("?year=2020", ["Işıl Çağrı"]),
        ("?standing=no_address", ["Ayşe Ardahan"]),
        ("?standing=stopped", ["Umut Hatay"]),
        ("?standing=not_eligible", ["Can Uşak"]),
        ("?standing=mailable", ["İlker Cide", "Işıl Çağrı", "Ece Ömerli"]),
    ],
)
def test_list_is_narrowed_down(
    session: Session, signed_in: Browser, query: str, names: list[str]
) -> None:
    _people(session)

    assert names_on(signed_in, query) == names


def test_list_ignores_what_makes_no_sense(session: Session, signed_in: Browser) -> None:
    _people(session)

    assert len(names_on(signed_in, "?year=iki&standing=x&after=999")) == 6


def test_number_finds_a_person(session: Session, signed_in: Browser) -> None:
    make_alumnus(session, external_id="20239977")
    make_alumnus(session)
    session.commit()

    assert len(names_on(signed_in, "?search=9977")) == 1


def test_pages_hold_everybody_once(session: Session, signed_in: Browser) -> None:
    for number in range(PAGE_SIZE + 3):
        make_alumnus(session, family_name=f"Ak{number % 7}", external_id=f"k{number}")
    session.commit()

    page = signed_in.get("/roster?search=ak").get_data(as_text=True)
    link = re.search(r'rel="next" href="([^"]+)"', page)
    assert link
    following = signed_in.get(link[1].replace("&amp;", "&")).get_data(as_text=True)

    numbers = [re.findall(r'class="mute">(k\d+)<', text) for text in (page, following)]
    assert [len(found) for found in numbers] == [PAGE_SIZE, 3]
    assert len({*numbers[0], *numbers[1]}) == PAGE_SIZE + 3


def test_empty_roster_says_how_to_begin(signed_in: Browser) -> None:
    page = signed_in.get("/roster").get_data(as_text=True)

    assert page.count('href="/roster/import"') == 2
    assert "Excel ya da CSV" in page


def test_demo_people_make_way_for_real_ones(session: Session, signed_in: Browser) -> None:
    make_alumnus(session, given_name="Örnek", is_demo=True)
    session.commit()
    alone = names_on(signed_in)
    make_alumnus(session, given_name="Gerçek")
    session.commit()

    assert alone == ["Örnek Yılmaz"]
    assert names_on(signed_in) == ["Gerçek Yılmaz"]


def test_list_needs_a_sign_in(browser: Browser) -> None:
    assert browser.get("/roster").status_code == 302
