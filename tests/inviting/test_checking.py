"""Who would be mailed, who not and why, and what blocks a launch."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import Indicator, SuppressionReason, Survey
from surveys.inviting.checking import Check, check
from surveys.inviting.headcount import BATCH_SIZE
from surveys.inviting.launch import launch
from surveys.inviting.notes import Note
from surveys.inviting.stored_plan import list_mailings
from surveys.roster.suppression import suppress
from tests.conftest import NOW
from tests.factories import make_alumnus
from tests.inviting.drafts import INVITATION, KEYS, make_draft, reminder

NO_ADDRESS: dict[str, Any] = {"email": None, "email_fault": "missing"}


def look(session: Session, survey: Survey | None = None, **over: Any) -> Check:
    draft = survey or make_draft(session, **over)
    return check(session, survey=draft, keys=KEYS, now=NOW)


def codes(notes: Sequence[Note]) -> list[str]:
    return [note.code for note in notes]


def invitation(**over: Any) -> dict[str, Any]:
    return {**INVITATION, **over}


def test_check_of_a_sound_survey_blocks_nothing_and_warns_of_nothing(session: Session) -> None:
    make_alumnus(session)

    checked = look(session)

    assert (checked.audience_count, checked.mailable_count) == (1, 1)
    assert (list(checked.obstacles), list(checked.warnings)) == ([], [])


def test_check_counts_who_is_not_mailed_and_why(session: Session) -> None:
    make_alumnus(session)
    make_alumnus(session, external_id="no-address", **NO_ADDRESS)
    make_alumnus(session, external_id="bad-address", email=None, email_fault="malformed")
    silent = make_alumnus(session, external_id="silent")
    suppress(session, alumnus=silent, keys=KEYS, reason=SuppressionReason.UNSUBSCRIBED, now=NOW)

    checked = look(session)

    assert (checked.audience_count, checked.mailable_count) == (4, 1)
    excluded = {reason: (t.count, t.examples) for reason, t in checked.excluded.items()}
    assert excluded == {
        "missing": (1, ["no-address"]),
        "malformed": (1, ["bad-address"]),
        "suppressed": (1, ["silent"]),
    }


def test_check_names_who_is_in_no_audience(session: Session) -> None:
    make_alumnus(session)
    make_alumnus(session, external_id="stranger", ineligible_at=NOW)

    checked = look(session)

    assert checked.audience_count == 1
    assert checked.excluded["ineligible"].examples == ["stranger"]


def test_check_counts_an_audience_larger_than_one_batch(session: Session) -> None:
    for _ in range(BATCH_SIZE + 1):
        make_alumnus(session)

    assert look(session).mailable_count == BATCH_SIZE + 1


def test_check_gives_few_examples_of_many(session: Session) -> None:
    for _ in range(7):
        make_alumnus(session, **NO_ADDRESS)

    tally = look(session).excluded["missing"]

    assert (tally.count, len(tally.examples)) == (7, 5)


def test_check_tells_when_each_mailing_goes_out_and_to_how_many(session: Session) -> None:
    make_alumnus(session)
    make_alumnus(session)

    checked = look(session, mailings=[INVITATION, reminder(after_days=7)])

    told = [
        (f.planned.kind, f.planned.local, f.planned.due_at.isoformat(), f.recipient_count)
        for f in checked.mailings
    ]
    assert checked.timezone == "Europe/Istanbul"
    assert told == [
        ("invitation", "2026-11-23T13:00", "2026-11-23T10:00:00+00:00", 2),
        ("reminder", "2026-11-30T13:00", "2026-11-30T10:00:00+00:00", 2),
    ]


def test_check_changes_nothing(session: Session) -> None:
    make_alumnus(session)
    survey = make_draft(session)
    session.commit()

    look(session, survey)

    assert not session.dirty
    assert not session.new
    assert survey.launched_at is None


@pytest.mark.parametrize(
    ("mailings", "warning", "position"),
    [
        ([invitation(at="2026-11-23T22:00")], "night", 1),
        ([invitation(at="2026-11-24T07:59")], "night", 1),
        ([invitation(at="2026-11-28T10:00")], "weekend", 1),
        ([invitation(at="2026-11-23T11:00")], "overdue", 1),
        ([INVITATION, reminder(at="2027-01-04T10:00")], "after_closing", 2),
    ],
)
def test_check_warns_of_a_bad_time(
    session: Session, mailings: list[Any], warning: str, position: int
) -> None:
    make_alumnus(session)

    warnings = look(session, mailings=mailings).warnings

    found = next(note for note in warnings if note.code == warning)
    assert found.params["position"] == position


def test_check_names_the_public_holiday_and_not_its_weekday_too(session: Session) -> None:
    make_alumnus(session)
    plan = [invitation(at="2027-05-16T10:00")]

    warnings = look(session, mailings=plan, closes_at="2027-06-30T23:59").warnings

    assert codes(warnings) == ["holiday"]
    assert warnings[0].params["holiday"] == {"tr": "Kurban Bayramı", "en": "Eid al-Adha"}


@pytest.mark.parametrize("hour", ["08:00", "21:59"])
def test_check_does_not_warn_of_day_time(session: Session, hour: str) -> None:
    make_alumnus(session)

    assert codes(look(session, mailings=[invitation(at=f"2026-11-24T{hour}")]).warnings) == []


def test_check_warns_of_an_hour_that_the_clocks_skip(session: Session) -> None:
    make_alumnus(session)
    window: dict[str, Any] = {"opens_at": "2026-12-01T10:00", "closes_at": "2027-06-01T10:00"}
    skipped = [invitation(at="2027-03-28T02:30")]

    checked = look(session, mailings=skipped, timezone="Europe/Berlin", **window)

    shifted = next(note for note in checked.warnings if note.code == "shifted")
    assert shifted.params["written"] == "2027-03-28 02:30"
    assert checked.mailings[0].planned.local == "2027-03-28T03:30"


@pytest.mark.parametrize(("days", "expected"), [(2, ["close_contacts"]), (3, [])])
def test_check_warns_of_contacts_that_follow_too_closely(
    session: Session, days: int, expected: list[str]
) -> None:
    make_alumnus(session)

    checked = look(session, mailings=[INVITATION, reminder(after_days=days)])

    assert codes(checked.warnings) == expected


def test_check_does_not_count_thanks_as_a_contact(session: Session) -> None:
    make_alumnus(session)
    thanks = {"kind": "thanks", "after_days": 1, "subject": {"tr": "Teşekkürler"}}

    assert codes(look(session, mailings=[INVITATION, thanks]).warnings) == []


@pytest.mark.parametrize(("reminders", "expected"), [(3, []), (4, ["many_contacts"])])
def test_check_warns_of_more_than_four_contacts(
    session: Session, reminders: int, expected: list[str]
) -> None:
    make_alumnus(session)
    plan = [INVITATION, *(reminder(after_days=7 * (n + 1)) for n in range(reminders))]

    assert codes(look(session, mailings=plan).warnings) == expected


@pytest.mark.parametrize(
    "words", ["Size özel İNDİRİM", "Büyük INDIRIM", "Yaz kampanyası", "Satın alın", "Fırsat!"]
)
def test_check_warns_of_commercial_words(session: Session, words: str) -> None:
    make_alumnus(session)

    checked = look(session, mailings=[invitation(text={"tr": words})])

    assert codes(checked.warnings) == ["commercial"]
    assert str(checked.warnings[0].params["word"]) in words


def test_check_warns_of_people_who_share_a_mailbox(session: Session) -> None:
    for key in ("twin-1", "twin-2"):
        make_alumnus(session, email="aile@example.com", external_id=key)
    make_alumnus(session, **NO_ADDRESS)
    make_alumnus(session, **NO_ADDRESS)

    checked = look(session)

    assert codes(checked.warnings) == ["shared_mailbox"]
    assert checked.warnings[0].params == {"mailboxes": 1, "people": 2, "example": "twin-1"}
    assert checked.mailable_count == 2


@pytest.mark.parametrize("is_demo_survey", [False, True])
@pytest.mark.parametrize("is_demo_indicator", [False, True])
def test_check_warns_when_no_targets_of_the_same_kind_are_loaded(
    session: Session, *, is_demo_survey: bool, is_demo_indicator: bool
) -> None:
    make_alumnus(session, is_demo=is_demo_survey)
    session.add(
        Indicator(
            code="PG3.3.5",
            is_demo=is_demo_indicator,
            name={"tr": "Yanıt oranı"},
            denominator="registered",
            created_at=NOW,
        )
    )

    warnings = look(session, is_demo=is_demo_survey, indicator="PG3.3.5", year=2026).warnings

    is_missing = is_demo_survey != is_demo_indicator
    assert codes(warnings) == (["targets_not_loaded"] if is_missing else [])


def test_check_blocks_a_promise_of_anonymity_and_says_why(session: Session) -> None:
    make_alumnus(session)

    obstacles = look(session, confidentiality="anonymous").obstacles

    assert codes(obstacles) == ["anonymous_impossible"]
    assert "tie each answer to a person" in obstacles[0].message


def test_check_blocks_an_empty_audience(session: Session) -> None:
    make_alumnus(session, unit="Tıp Fakültesi")

    assert codes(look(session, audience={"unit": "Hukuk"}).obstacles) == ["audience_empty"]


def test_check_names_a_heading_that_nobody_in_the_roster_has(session: Session) -> None:
    make_alumnus(session, attributes={"Kampüs": "Merkez"})
    make_alumnus(session, is_demo=True, attributes={"Kampus": "Merkez"})

    obstacles = look(session, audience={"Kampus": "Merkez", "Kampüs": "Merkez"}).obstacles

    assert codes(obstacles) == ["heading_unknown", "audience_empty"]
    assert obstacles[0].params == {"heading": "Kampus"}


def test_check_blocks_when_nobody_can_be_mailed(session: Session) -> None:
    make_alumnus(session, **NO_ADDRESS)

    assert codes(look(session).obstacles) == ["nobody_mailable"]


@pytest.mark.parametrize(
    ("over", "obstacle"),
    [
        ({"opens_at": "2026-11-01T10:00", "closes_at": "2026-11-23T12:00"}, "closing_past"),
        ({"mailings": [invitation(at="2026-11-22T11:59")]}, "invitation_too_late"),
    ],
)
def test_check_blocks_what_comes_too_late_and_does_not_promise_it_too(
    session: Session, over: dict[str, Any], obstacle: str
) -> None:
    make_alumnus(session)

    checked = look(session, **over)

    assert codes(checked.obstacles) == [obstacle]
    assert "overdue" not in codes(checked.warnings)


def test_check_of_a_launched_survey_tells_its_stored_plan(session: Session) -> None:
    make_alumnus(session)
    make_alumnus(session, **NO_ADDRESS)
    survey = make_draft(session, mailings=[INVITATION, reminder(after_days=7)])
    launch(session, survey=survey, keys=KEYS, now=NOW, due_now=False)
    make_alumnus(session)
    moved = list_mailings(session, survey=survey)[1]
    moved.local_at = "2026-12-05T10:00"

    checked = look(session, survey)

    assert codes(checked.obstacles) == ["survey_already_launched"]
    assert (checked.audience_count, checked.mailable_count) == (2, 1)
    assert [(f.planned.local, f.recipient_count) for f in checked.mailings] == [
        ("2026-11-23T13:00", 1),
        ("2026-12-05T10:00", 1),
    ]
    assert codes(checked.warnings) == ["weekend"]


def test_check_names_each_placeholder_that_is_empty(session: Session) -> None:
    make_alumnus(session, external_id="nameless-1", given_name="", programme=None)
    make_alumnus(session, external_id="nameless-2", given_name=" ")
    make_alumnus(session)
    plan = [
        invitation(subject={"tr": "{ad}, merhaba"}),
        reminder(after_days=7, text={"tr": "{ad|Mezunumuz}, {program} için"}),
    ]

    obstacles = look(session, mailings=plan).obstacles

    assert codes(obstacles) == ["placeholder_empty", "placeholder_empty"]
    assert [
        (o.params["position"], o.params["name"], o.params["count"], o.params["example"])
        for o in obstacles
    ] == [(1, "ad", 2, "nameless-1"), (2, "program", 1, "nameless-1")]


def test_check_looks_at_the_text_in_the_language_of_each_person(session: Session) -> None:
    make_alumnus(session, given_name="", language="tr")
    make_alumnus(session, given_name="", language="en", external_id="english")
    plan = [invitation(subject={"tr": "{ad|Mezunumuz}", "en": "{ad}, hello"})]

    obstacles = look(session, mailings=plan).obstacles

    assert [(o.params["language"], o.params["example"]) for o in obstacles] == [("en", "english")]


def test_check_lets_an_empty_name_pass_when_the_person_is_never_mailed(session: Session) -> None:
    make_alumnus(session)
    make_alumnus(session, given_name="", **NO_ADDRESS)

    assert codes(look(session, mailings=[invitation(subject={"tr": "{ad}"})]).obstacles) == []


def test_check_never_asks_for_what_the_survey_itself_fills(session: Session) -> None:
    make_alumnus(session)
    plan = [invitation(text={"tr": "{anket} {kapanis} {link}"})]

    assert codes(look(session, mailings=plan).obstacles) == []
