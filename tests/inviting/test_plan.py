"""A definition's plan as instants."""

from datetime import UTC, datetime
from typing import Any

from surveys.building.definition import Definition, from_document
from surveys.inviting.plan import invitation_of, plan_mailings
from tests.conftest import NOW
from tests.factories import make_document
from tests.inviting.drafts import INVITATION, reminder


def define(*mailings: dict[str, Any], **over: Any) -> Definition:
    return from_document(make_document(mailings=list(mailings), **over))


def due(definition: Definition, *, invite_at: datetime | None = None) -> list[str]:
    plan = plan_mailings(definition, invite_at=invite_at)
    return [planned.due_at.isoformat() for planned in plan]


def test_plan_counts_days_from_the_invitation_at_its_hour() -> None:
    definition = define(INVITATION, reminder(after_days=7), reminder(at="2026-12-01T09:30"))

    assert due(definition) == [
        "2026-11-23T10:00:00+00:00",
        "2026-11-30T10:00:00+00:00",
        "2026-12-01T06:30:00+00:00",
    ]


def test_plan_keeps_the_local_hour_when_clocks_change() -> None:
    invitation = {**INVITATION, "at": "2026-10-20T09:00"}
    definition = define(invitation, reminder(after_days=7), timezone="Europe/Berlin")

    assert due(definition) == ["2026-10-20T07:00:00+00:00", "2026-10-27T08:00:00+00:00"]


def test_plan_moves_an_hour_that_does_not_exist_and_remembers_what_was_written() -> None:
    invitation = {**INVITATION, "at": "2026-03-29T02:30"}

    planned = plan_mailings(define(invitation, timezone="Europe/Berlin"))[0]

    assert planned.due_at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert (planned.written, planned.local) == ("2026-03-29T02:30", "2026-03-29T03:30")


def test_plan_sends_once_in_an_hour_that_occurs_twice() -> None:
    invitation = {**INVITATION, "at": "2026-10-25T02:30"}

    assert due(define(invitation, timezone="Europe/Berlin")) == ["2026-10-25T00:30:00+00:00"]


def test_plan_moves_as_a_whole_when_the_invitation_is_due_now() -> None:
    definition = define(INVITATION, reminder(after_days=7), reminder(at="2026-12-01T13:30"))

    assert due(definition, invite_at=NOW.replace(second=40)) == [
        "2026-11-23T09:00:40+00:00",
        "2026-11-30T09:00:00+00:00",
        "2026-12-01T09:30:00+00:00",
    ]


def test_plan_keeps_the_local_hour_when_it_moves_over_a_change_of_clocks() -> None:
    definition = define(INVITATION, reminder(after_days=7), timezone="Europe/Berlin")

    moved = plan_mailings(definition, invite_at=datetime(2026, 10, 20, 7, 0, tzinfo=UTC))

    assert [planned.local for planned in moved] == ["2026-10-20T09:00", "2026-10-27T09:00"]


def test_plan_stands_in_the_order_in_which_it_goes_out() -> None:
    definition = define(reminder(after_days=14), reminder(after_days=7), INVITATION)

    plan = plan_mailings(definition)

    assert [(planned.position, planned.local) for planned in plan] == [
        (1, "2026-11-23T13:00"),
        (2, "2026-11-30T13:00"),
        (3, "2026-12-07T13:00"),
    ]
    assert invitation_of(plan).position == 1
