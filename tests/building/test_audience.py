import json
from typing import Any

import pytest

from surveys.building import audience as building_audience
from surveys.building.reading import read_definition
from surveys.inviting import audience as inviting_audience
from tests.building.documents import change, list_faults


@pytest.mark.parametrize(
    ("rule", "read"),
    [
        ({}, {}),
        ({"graduation_year": "2024"}, {"graduation_year": 2024}),
        ({"graduation_year": [2023, 2024]}, {"graduation_year": [2023, 2024]}),
        ({"graduation_year": {"from": 2023}}, {"graduation_year": {"from": 2023}}),
        ({"graduation_date": {"to": "2025-06-30"}}, {"graduation_date": {"to": "2025-06-30"}}),
        ({"unit": ["Tıp Fakültesi"]}, {"unit": ["Tıp Fakültesi"]}),
        ({"external_id": 20200001}, {"external_id": "20200001"}),
        ({"Giriş Yılı": {"from": 9, "to": 10}}, {"Giriş Yılı": {"from": 9, "to": 10}}),
        ({"Kampüs": True}, {"Kampüs": "true"}),
        ({"unit": {"from": "A", "to": "B"}}, {"unit": {"from": "A", "to": "B"}}),
    ],
)
def test_audience_is_read_in_the_type_of_its_field(rule: Any, read: Any) -> None:
    document = change("audience", rule)

    definition = read_definition(json.dumps(document), filename="survey.json")

    assert definition.audience == read


@pytest.mark.parametrize(
    ("rule", "place", "sentence"),
    [
        ("all", "audience", "Fields of the roster with values"),
        ({"graduation_yaer": 2024}, "audience.graduation_yaer", "The roster has no field"),
        ({"program": "X"}, "audience.program", "The roster has no field program. Did you mean pro"),
        ({"graduation_year": "last"}, "audience.graduation_year", "last is not possible here"),
        ({"graduation_year": {}}, "audience.graduation_year", "A range needs from, to or both"),
        ({"graduation_year": {"since": 1}}, "audience.graduation_year.since", "This key is not"),
        ({"graduation_date": "2024"}, "audience.graduation_date", "2024 is no date"),
        ({"graduation_year": {"from": 2025, "to": 2019}}, "audience.graduation_year", "The range"),
        ({"language": ["de"]}, "audience.language[0]", "de is not known here"),
        ({"unit": []}, "audience.unit", "The list is empty"),
        ({"unit": [["A"]]}, "audience.unit[0]", "A single value is expected"),
        ({"unit": None}, "audience.unit", "A single value is expected"),
        ({"unit": "a\x00"}, "audience.unit", "The text holds a character"),
    ],
)
def test_fault_of_the_audience_is_named(rule: Any, place: str, sentence: str) -> None:
    document = change("audience", rule)

    faults = list_faults(document)

    assert any(found == place and words.startswith(sentence) for found, words in faults), faults


def test_fields_are_those_that_an_audience_can_be_chosen_by() -> None:
    assert set(building_audience.FIELDS) == set(inviting_audience.COLUMNS)
