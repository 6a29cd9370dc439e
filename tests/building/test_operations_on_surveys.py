from typing import Any

import pytest

from surveys.building.applying import apply
from surveys.building.cleaning import EditRefused
from surveys.building.operations import (
    AddMailing,
    AddSection,
    DeleteMailing,
    DeleteSection,
    MoveSection,
    Operation,
    SetAudience,
    SetMailing,
    SetSection,
    SetSurvey,
)
from surveys.building.places import SubjectGone
from tests.building.documents import make_full_document, text


def do(operation: Operation) -> dict[str, Any]:
    return apply(operation, make_full_document()).document


def refused_fields(operation: Operation) -> list[str]:
    with pytest.raises(EditRefused) as caught:
        do(operation)
    return [fault.place for fault in caught.value.faults]


def titles(document: dict[str, Any]) -> list[str]:
    return [section.get("title", {}).get("tr", "") for section in document["sections"]]


def test_section_is_added_where_it_was_asked_for() -> None:
    done = apply(AddSection({"title": {"tr": "Yeni"}}, position=1), make_full_document())

    assert titles(done.document) == ["one", "Yeni", "two"]
    assert done.subject == "section:1"


def test_section_may_be_without_a_title() -> None:
    assert titles(do(AddSection({}))) == ["one", "two", ""]


def test_section_gets_another_title() -> None:
    assert titles(do(SetSection(1, {"title": {"tr": "İki"}}))) == ["one", "İki"]


def test_section_moves_with_its_questions() -> None:
    document = do(MoveSection(0, 5))

    assert titles(document) == ["two", "one"]
    assert document["sections"][1]["questions"][0]["code"] == "nps"


def test_section_goes_with_its_questions() -> None:
    done = apply(DeleteSection(1), make_full_document())

    assert titles(done.document) == ["one"]
    assert done.details["questions"][0] == "skills"


@pytest.mark.parametrize("operation", [SetSection(2, {}), MoveSection(-1, 0), DeleteSection(9)])
def test_unknown_section_is_told(operation: Operation) -> None:
    with pytest.raises(SubjectGone):
        do(operation)


def test_survey_gets_other_details() -> None:
    keys = {"title": {"tr": "Yeni"}, "year": "2027", "indicator": "", "languages": ["en", "tr"]}

    document = do(SetSurvey(keys))

    assert document["title"] == {"tr": "Yeni", "en": "title"}
    assert (document["year"], document["languages"]) == (2027, ["en", "tr"])
    assert "indicator" not in document


@pytest.mark.parametrize(
    ("keys", "fields"),
    [
        ({"timezone": "Istanbul"}, ["timezone"]),
        ({"timezone": ""}, ["timezone"]),
        ({"languages": []}, ["languages"]),
        ({"languages": ["de"]}, ["languages[0]"]),
        ({"opens_at": "yarın", "year": "x"}, ["opens_at", "year"]),
        ({"opens_at": None}, ["opens_at"]),
        ({"closes_at": "2026-11-23T10:00"}, ["closes_at"]),
        ({"code": "new"}, ["code"]),
    ],
)
def test_impossible_detail_is_refused(keys: dict[str, Any], fields: list[str]) -> None:
    assert refused_fields(SetSurvey(keys)) == fields


def test_audience_is_replaced_as_a_whole() -> None:
    document = do(SetAudience({"graduation_year": {"from": "2020", "to": 2024}}, "90"))

    assert document["audience"] == {"graduation_year": {"from": 2020, "to": 2024}}
    assert document["contact_gap_days"] == 90


def test_impossible_audience_is_refused() -> None:
    place = "audience.graduation_year.from"

    assert refused_fields(SetAudience({"graduation_year": {"from": "x"}}))[0] == place


def test_mailing_is_added_at_the_end() -> None:
    keys = {"kind": "reminder", "after_days": "17", "subject": {"tr": "Bekliyoruz"}}

    done = apply(AddMailing(keys), make_full_document())

    assert done.subject == "mailing:3"
    assert done.document["mailings"][3] == {
        "kind": "reminder",
        "after_days": 17,
        "subject": {"tr": "Bekliyoruz"},
    }


@pytest.mark.parametrize(
    ("keys", "field"),
    [
        ({"kind": "invitation", "at": "2026-12-01T10:00"}, "kind"),
        ({"kind": "thanks", "after_days": 3}, "kind"),
        ({"kind": "poster", "after_days": 3}, "kind"),
        ({"kind": "reminder"}, "at"),
        ({"kind": "reminder", "after_days": 0}, "after_days"),
    ],
)
def test_impossible_mailing_is_refused(keys: dict[str, Any], field: str) -> None:
    assert refused_fields(AddMailing(keys)) == [field]


def test_time_of_a_mailing_takes_the_place_of_the_days() -> None:
    mailing = do(SetMailing(1, "reminder", {"at": "2026-12-01T10:00"}))["mailings"][1]

    assert (mailing["at"], "after_days" in mailing) == ("2026-12-01T10:00", False)


def test_text_of_a_mailing_can_be_taken_away() -> None:
    mailing = do(SetMailing(2, "thanks", {"text": {"tr": "", "en": ""}}))["mailings"][2]

    assert mailing == {"kind": "thanks", "at": "2026-12-20T10:00", "subject": text("ok")}


def test_invitation_keeps_a_time_of_its_own() -> None:
    assert refused_fields(SetMailing(0, "invitation", {"after_days": 3})) == ["at"]
    assert refused_fields(SetMailing(0, "invitation", {"at": None})) == ["at"]


def test_invitation_is_not_deleted() -> None:
    assert refused_fields(DeleteMailing(0, "invitation")) == ["kind"]


def test_mailing_of_another_kind_than_meant_is_left_alone() -> None:
    with pytest.raises(SubjectGone):
        do(DeleteMailing(1, "thanks"))
