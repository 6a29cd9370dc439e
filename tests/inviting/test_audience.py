"""Whom a survey asks, on both engines."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import Alumnus
from surveys.inviting.audience import AudienceRuleUnusable, select_audience
from tests.conftest import NOW
from tests.factories import make_alumnus


def chosen(session: Session, audience: dict[str, Any], *, is_demo: bool = False) -> list[str]:
    people = session.scalars(select_audience(audience, is_demo=is_demo)).all()
    return [person.given_name for person in people]


def make_three(session: Session, **by_name: Any) -> None:
    """Aslı, Barış and Cem, who differ in one field: `field=(value, value, value)`."""
    for field, values in by_name.items():
        for name, value in zip(("Aslı", "Barış", "Cem"), values, strict=True):
            make_alumnus(session, given_name=name, **{field: value})


def make_three_with(session: Session, heading: str, *values: str) -> None:
    for name, value in zip(("Aslı", "Barış", "Cem"), values, strict=True):
        make_alumnus(session, given_name=name, attributes={heading: value})


def test_audience_is_everybody_when_it_has_no_rule(session: Session) -> None:
    make_three(session, unit=("Tıp Fakültesi", None, "Hukuk Fakültesi"))

    assert chosen(session, {}) == ["Aslı", "Barış", "Cem"]


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (2024, ["Barış"]),
        ("2024", ["Barış"]),
        ([2019, 2025], ["Aslı", "Cem"]),
        ({"from": 2024}, ["Barış", "Cem"]),
        ({"to": 2024}, ["Aslı", "Barış"]),
        ({"from": 2020, "to": 2024}, ["Barış"]),
    ],
)
def test_audience_compares_years_as_numbers(
    session: Session, wanted: object, names: list[str]
) -> None:
    make_three(session, graduation_year=(2019, 2024, 2025))
    make_alumnus(session, given_name="Yılsız", graduation_year=None)

    assert chosen(session, {"graduation_year": wanted}) == names


def test_audience_compares_dates_as_dates(session: Session) -> None:
    days = [NOW.date().replace(day=day) for day in (1, 10, 30)]
    make_three(session, graduation_date=days)

    wanted = {"from": "2026-11-02", "to": "2026-11-30"}

    assert chosen(session, {"graduation_date": wanted}) == ["Barış", "Cem"]


def test_audience_takes_every_rule_together(session: Session) -> None:
    make_alumnus(session, given_name="Aslı", degree="Lisans", unit="Tıp")
    make_alumnus(session, given_name="Barış", degree="Lisans", unit="Hukuk")
    make_alumnus(session, given_name="Cem", degree="Ön Lisans", unit="Tıp")

    assert chosen(session, {"degree": ["Lisans"], "unit": "Tıp"}) == ["Aslı"]


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ("12", ["Barış"]),
        (12, ["Barış"]),
        (["9", "yok"], ["Aslı", "Cem"]),
        ({"from": 10}, ["Barış"]),
        ({"from": 2, "to": 12}, ["Aslı", "Barış"]),
    ],
)
def test_audience_reads_any_further_heading_of_the_roster(
    session: Session, wanted: object, names: list[str]
) -> None:
    make_three_with(session, "Burs (%) ‘not’", "9", "12", "yok")
    make_alumnus(session, given_name="Başlıksız")

    assert chosen(session, {"Burs (%) ‘not’": wanted}) == names


@pytest.mark.parametrize(
    "heading", ['Notu "AGNO"', "Şube\\Kat", "Not\\", '"', "a.b[0]", "İlgi'Alanı", "$", "#-1", "0"]
)
def test_audience_finds_a_heading_however_it_is_written(session: Session, heading: str) -> None:
    make_three_with(session, heading, "9", "12", "yok")

    assert chosen(session, {heading: "12"}) == ["Barış"]
    assert chosen(session, {heading: {"from": 1, "to": 9}}) == ["Aslı"]


def test_audience_compares_text_of_a_heading_as_text(session: Session) -> None:
    make_three_with(session, "Kayıt", "2020-01-31", "2021-06-01", "2022-01-01")

    assert chosen(session, {"Kayıt": {"from": "2021-01-01", "to": "2021-12-31"}}) == ["Barış"]


def test_audience_leaves_out_erased_people(session: Session) -> None:
    make_alumnus(session, given_name="Silinmiş", erased_at=NOW)

    assert chosen(session, {}) == []


def test_audience_leaves_out_who_is_not_eligible(session: Session) -> None:
    make_alumnus(session, given_name="Yabancı", ineligible_at=NOW)

    assert chosen(session, {}) == []


@pytest.mark.parametrize(("is_demo", "name"), [(True, "Örnek"), (False, "Gerçek")])
def test_audience_never_mixes_demo_and_real_people(
    session: Session, *, is_demo: bool, name: str
) -> None:
    make_alumnus(session, given_name="Örnek", is_demo=True)
    make_alumnus(session, given_name="Gerçek", is_demo=False)

    assert chosen(session, {}, is_demo=is_demo) == [name]


def test_audience_comes_in_the_order_of_registration(session: Session) -> None:
    people = [make_alumnus(session) for _ in range(20)]

    found = session.scalars(select_audience({}, is_demo=False).with_only_columns(Alumnus.id)).all()

    assert list(found) == sorted(person.id for person in people)


@pytest.mark.parametrize(
    ("field", "wanted"),
    [("graduation_year", "iki bin"), ("graduation_date", "31.12.2024"), ("graduation_year", [[]])],
)
def test_audience_names_a_value_that_its_field_cannot_have(field: str, wanted: object) -> None:
    with pytest.raises(AudienceRuleUnusable, match=field):
        select_audience({field: wanted}, is_demo=False)
