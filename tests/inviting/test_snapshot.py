"""The question that stands in the invitation."""

from typing import Any

import pytest

from models import Document
from surveys.building.definition import from_document
from surveys.inviting.snapshot import snapshot_in_mail
from tests.factories import make_document

TEXT = {"tr": "Soru?", "en": "Question?"}


def snapshot(**question: Any) -> Document | None:
    asked = {"code": "q", "text": TEXT, "in_mail": True, **question}
    section = {"title": TEXT, "questions": [asked]}
    return snapshot_in_mail(from_document(make_document(sections=[section])))


def values(document: Document | None) -> list[str]:
    assert document is not None
    return [option["value"] for option in document["options"]]


def test_snapshot_holds_what_the_mail_needs() -> None:
    low, high = {"tr": "Hiç", "en": "Not"}, {"tr": "Çok", "en": "Very"}

    document = snapshot(type="scale", scale={"min": 1, "max": 2, "low": low, "high": high})

    assert document == {
        "code": "q",
        "text": TEXT,
        "options": [
            {"value": "1", "text": {"tr": "1", "en": "1"}},
            {"value": "2", "text": {"tr": "2", "en": "2"}},
        ],
        "low": low,
        "high": high,
    }


def test_snapshot_of_nps_runs_from_0_to_10_without_words() -> None:
    document = snapshot(type="nps")

    assert values(document) == [str(point) for point in range(11)]
    assert document is not None
    assert (document["low"], document["high"]) == (None, None)


def test_snapshot_of_yes_no_says_it_in_each_language() -> None:
    document = snapshot(type="yes_no")

    assert document is not None
    assert document["options"] == [
        {"value": "yes", "text": {"tr": "Evet", "en": "Yes"}},
        {"value": "no", "text": {"tr": "Hayır", "en": "No"}},
    ]


@pytest.mark.parametrize(("other", "expected"), [(False, ["a"]), (True, ["a", "other"])])
def test_snapshot_of_a_choice_takes_its_options(*, other: bool, expected: list[str]) -> None:
    options = [{"code": "a", "text": {"tr": "A"}}]

    document = snapshot(type="single_choice", options=options, other=other)

    assert values(document) == expected


def test_snapshot_is_none_when_no_question_stands_in_the_mail() -> None:
    assert snapshot(type="nps", in_mail=False) is None
