"""Rates by a declared field; small groups stay hidden."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import Survey
from surveys.rates.formulas import Rate
from surveys.rates.groups import FIELDS, FieldNotDeclared, list_all_groups, list_groups
from tests.conftest import NOW
from tests.factories import make_invitation, make_survey

COMPLETE: dict[str, Any] = {
    "mail_state": "sent",
    "started_at": NOW,
    "responded_at": NOW,
    "answered_count": 1,
    "applicable_count": 1,
}


def _invite(session: Session, survey: Survey, number: int, **over: Any) -> None:
    for _ in range(number):
        make_invitation(session, survey=survey, **over)


def test_groups_have_the_rates_of_their_own_people(session: Session) -> None:
    survey = make_survey(session)
    _invite(session, survey, 3, unit="Hukuk Fakültesi", **COMPLETE)
    _invite(session, survey, 3, unit="Hukuk Fakültesi")
    _invite(session, survey, 5, unit="Çevre Fakültesi")

    groups = list_groups(session, survey_id=survey.id, field="unit")

    assert [group.value for group in groups] == ["Çevre Fakültesi", "Hukuk Fakültesi"]
    assert groups[1].rates == {"RR1": Rate(3, 6), "RR2": Rate(3, 6)}


def test_groups_hide_the_small_one_and_its_complement(session: Session) -> None:
    survey = make_survey(session)
    for year, number in ((2021, 9), (2022, 6), (2023, 3)):
        _invite(session, survey, number, graduation_year=year)

    groups = list_groups(session, survey_id=survey.id, field="graduation_year")

    assert [(group.value, group.rates is None) for group in groups] == [
        (2021, False),
        (2022, True),
        (2023, True),
    ]


def test_group_is_small_when_few_of_it_are_counted(session: Session) -> None:
    survey = make_survey(session)
    _invite(session, survey, 2, unit="Hukuk Fakültesi")
    _invite(session, survey, 4, unit="Hukuk Fakültesi", manual_code="4.10")
    for unit, number in (("Çevre Fakültesi", 8), ("Tıp Fakültesi", 9)):
        _invite(session, survey, number, unit=unit)

    groups = list_groups(session, survey_id=survey.id, field="unit")

    assert [group.value for group in groups if group.rates] == ["Tıp Fakültesi"]


def test_groups_are_none_when_the_table_must_be_hidden(session: Session) -> None:
    survey = make_survey(session)
    _invite(session, survey, 3, degree="Doktora")

    assert list_groups(session, survey_id=survey.id, field="degree") == []


def test_groups_put_people_without_a_value_last(session: Session) -> None:
    survey = make_survey(session)
    _invite(session, survey, 5, degree=None)
    _invite(session, survey, 5, degree="Yüksek Lisans")

    groups = list_groups(session, survey_id=survey.id, field="degree")

    assert [group.value for group in groups] == ["Yüksek Lisans", None]


def test_programmes_hide_inside_their_own_unit(session: Session) -> None:
    survey = make_survey(session)
    law, design = {"unit": "Hukuk"}, {"unit": "Tasarım"}
    _invite(session, survey, 17, programme="Kamu Hukuku", **law)
    _invite(session, survey, 3, programme="Özel Hukuk", **law)
    _invite(session, survey, 6, programme="Grafik", **design)
    _invite(session, survey, 9, programme="Moda", **design)

    groups = list_groups(session, survey_id=survey.id, field="programme")

    hidden = {group.value for group in groups if group.rates is None}
    assert hidden == {"Kamu Hukuku", "Özel Hukuk"}
    assert {group.within for group in groups} == {"Hukuk", "Tasarım"}


def test_groups_are_the_same_together_as_each_alone(session: Session) -> None:
    survey = make_survey(session)
    for unit, programme in (("Hukuk", "Kamu"), ("Hukuk", "Genel"), ("Tasarım", "Genel")):
        place = {"unit": unit, "programme": programme}
        _invite(session, survey, 6, degree="Lisans", graduation_year=2021, **place)
        _invite(session, survey, 5, degree=None, graduation_year=2022, **place, **COMPLETE)

    together = list_all_groups(session, survey_id=survey.id)

    assert together == {f: list_groups(session, survey_id=survey.id, field=f) for f in FIELDS}
    assert [len(groups) for groups in together.values()] == [2, 3, 2, 2]


def test_groups_refuse_a_field_that_is_not_declared(session: Session) -> None:
    survey = make_survey(session)

    with pytest.raises(FieldNotDeclared, match="“gender”"):
        list_groups(session, survey_id=survey.id, field="gender")
