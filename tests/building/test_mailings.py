from typing import Any

import pytest

from surveys.delivery.placeholders import PLACEHOLDERS
from tests.building.documents import REMOVED, change, list_faults, make_full_document, text


@pytest.mark.parametrize(
    ("place", "value", "sentence"),
    [
        ("mailings[1].kind", "nudge", "nudge is not known here. Choose one of: invitation"),
        ("mailings[1].subject", REMOVED, "The Turkish text is missing"),
        ("mailings[1].subject", text("s" * 121), "The text has 121 characters; 120"),
        ("mailings[1].subject", "a\nBcc: x@y.z", "The text must stand on one line"),
        ("mailings[1].subject", "a\rb", "The text holds a character that can't be shown"),
        ("mailings[1].subject", "{isim}, merhaba", "{isim} can't be used in a subject"),
        ("mailings[1].subject", "Bağlantı: {link}", "{link} can't be used in a subject"),
        ("mailings[1].text", "Merhaba {Ad}", "{Ad} is no placeholder. Known are: ad, ad_soyad"),
        ("mailings[1].text", "{{ 7*7 }}", "{{ 7*7 }} is no placeholder"),
        ("mailings[1].text", "{% for x in y %}", "{% for x in y %} is no placeholder"),
        ("mailings[1].text", "x" * 5_001, "The text has 5001 characters"),
        ("mailings[1].cc", "a@b.c", "This key is not known here"),
        ("mailings[1].after_days", 0, "0 is not possible here"),
        ("mailings[1].after_days", REMOVED, "Say when: at"),
        ("mailings[1].at", "2026-11-30T10:00", "Say when: at"),
        ("mailings[1]", {"kind": "invitation"}, "Say when: at"),
        ("mailings[2].at", "2026-11-23T10:00", "This mailing would go out before the invitation"),
        ("mailings[2].at", "2026-11-22T10:00", "This mailing would go out before the survey opens"),
        ("mailings[2].at", "2026-12-31T23:59", "This mailing would go out when the survey is cl"),
        ("mailings[0].at", "2027-01-01T10:00", "This mailing would go out when the survey is cl"),
        ("mailings[1].after_days", 60, "This mailing would go out when the survey is closed"),
        ("mailings[0]", "now", "Keys with values are expected here"),
    ],
)
def test_fault_of_a_mailing_is_named_with_its_place(place: str, value: Any, sentence: str) -> None:
    document = change(place, value)

    faults = list_faults(document)

    under = [words for found, words in faults if found.startswith(place.rsplit(".", 1)[0])]
    assert any(words.startswith(sentence) for words in under), faults


@pytest.mark.parametrize("kind", ["reminder", "thanks"])
def test_mailing_before_the_invitation_is_refused(kind: str) -> None:
    document = change("mailings[0].at", "2026-12-01T10:00")
    document["mailings"] = document["mailings"][:1]
    document["mailings"].append({"kind": kind, "at": "2026-11-25T10:00", "subject": "x"})

    sentence = "This mailing would go out before the invitation or together with it."
    assert list_faults(document) == [("mailings[1]", sentence)]


def test_plan_without_invitation_is_refused() -> None:
    document = make_full_document()
    document["mailings"] = [{"kind": "reminder", "at": "2026-12-01T10:00", "subject": "x"}]

    assert [place for place, _ in list_faults(document)] == ["mailings"]


@pytest.mark.parametrize(("index", "kind"), [(1, "invitation"), (1, "thanks")])
def test_second_mailing_of_a_kind_that_goes_out_once_is_refused(index: int, kind: str) -> None:
    document = make_full_document()
    document["mailings"][index] |= {"kind": kind}

    places = [place for place, _ in list_faults(document)]

    assert any(place.startswith("mailings[") and place.endswith(".kind") for place in places)


def test_invitation_needs_a_time_of_its_own() -> None:
    document = change("mailings[0]", {"kind": "invitation", "after_days": 3, "subject": "x"})

    sentence = "The invitation needs its own time: use at instead of after_days."
    assert list_faults(document) == [("mailings[0].after_days", sentence)]


def test_every_placeholder_is_accepted_in_a_text() -> None:
    places = " ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    document = change("mailings[0].text", f"Satır 1\n\n{places} {{ad|Mezunumuz}} %50")

    assert list_faults(document) == []


def test_times_are_compared_as_instants_of_the_zone() -> None:
    document = change("timezone", "Europe/Berlin")
    document |= {"opens_at": "2026-03-29T02:30", "closes_at": "2026-03-29T03:00"}
    document["mailings"] = [{"kind": "invitation", "at": "2026-03-29T03:30", "subject": "x"}]

    places = [place for place, _ in list_faults(document)]

    assert places == ["mailings[0]", "closes_at"]
