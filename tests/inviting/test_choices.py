"""What an audience can be chosen by."""

from typing import Any

from sqlalchemy.orm import Session

from surveys.inviting.choices import MOST_VALUES, Choice, list_choices
from tests.conftest import NOW
from tests.factories import make_alumnus


def choices(session: Session, **audience: Any) -> dict[str, list[Choice]]:
    return list_choices(session, audience=audience, is_demo=False)


def test_choices_are_the_values_that_occur_in_turkish_order(session: Session) -> None:
    for unit in ("Şırnak MYO", "Çanakkale MYO", "Ardahan MYO", "Çanakkale MYO"):
        make_alumnus(session, unit=unit)

    assert choices(session)["unit"] == [
        Choice("Ardahan MYO", 1),
        Choice("Çanakkale MYO", 2),
        Choice("Şırnak MYO", 1),
    ]


def test_programmes_are_those_of_the_chosen_units(session: Session) -> None:
    make_alumnus(session, unit="Tıp", programme="Hemşirelik")
    make_alumnus(session, unit="Hukuk", programme="Hukuk")

    assert [c.value for c in choices(session, unit=["Tıp"])["programme"]] == ["Hemşirelik"]


def test_headings_of_the_roster_are_choices_too(session: Session) -> None:
    make_alumnus(session, attributes={"Kampüs": "Merkez", "Not": ""})
    make_alumnus(session, attributes={"Kampüs": "Merkez"})

    found = choices(session)

    assert found["Kampüs"] == [Choice("Merkez", 2)]
    assert "Not" not in found


def test_heading_of_free_text_is_no_choice(session: Session) -> None:
    for number in range(MOST_VALUES + 1):
        make_alumnus(session, attributes={"Sicil": f"{number}"})

    assert "Sicil" not in choices(session)


def test_chosen_value_that_nobody_has_any_more_stays(session: Session) -> None:
    make_alumnus(session, degree="Lisans")

    assert choices(session, degree="Doktora")["degree"] == [
        Choice("Doktora", 0),
        Choice("Lisans", 1),
    ]


def test_choices_leave_out_whom_no_audience_holds(session: Session) -> None:
    make_alumnus(session, unit="Tıp", attributes={"Kampüs": "A"}, ineligible_at=NOW)
    make_alumnus(session, unit="Tıp", attributes={"Kampüs": "A"}, is_demo=True)

    assert choices(session) == {}
