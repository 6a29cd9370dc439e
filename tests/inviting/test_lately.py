"""Who is left in peace because another survey wrote to them lately."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Alumnus, Indicator, Invitation
from surveys.inviting.checking import Check, check
from surveys.inviting.launch import Expected, launch
from tests.conftest import NOW
from tests.factories import (
    make_alumnus,
    make_invitation,
    make_mailing,
    make_message,
    make_survey,
)
from tests.inviting.drafts import INVITATION, KEYS, make_draft

DAY = timedelta(days=1)


def write_to(session: Session, person: Alumnus, *, days_ago: int, **over: Any) -> None:
    """Another survey's mail went to this person."""
    survey = make_survey(session)
    invitation = make_invitation(session, survey=survey, alumnus=person)
    mailing = make_mailing(session, survey=survey)
    at = NOW - days_ago * DAY
    values = {"state": "sent", "sent_at": at, "sending_at": at, **over}
    make_message(session, mailing=mailing, invitation=invitation, **values)


def look(session: Session, **over: Any) -> Check:
    draft = make_draft(session, **{"contact_gap_days": 90, **over})
    return check(session, survey=draft, keys=KEYS, now=NOW)


@pytest.mark.parametrize(("days_ago", "count"), [(89, 1), (90, 0), (91, 0)])
def test_check_leaves_out_whom_another_survey_wrote_to_within_the_gap(
    session: Session, days_ago: int, count: int
) -> None:
    write_to(session, make_alumnus(session, external_id="asked"), days_ago=days_ago)
    make_alumnus(session)

    checked = look(session, mailings=[{**INVITATION, "at": "2026-11-23T12:00"}])

    tallies = checked.excluded.values()
    assert sum(tally.count for tally in tallies) == count
    assert checked.audience_count == checked.mailable_count == 2 - count


def test_gap_ends_when_the_invitation_goes_out(session: Session) -> None:
    write_to(session, make_alumnus(session), days_ago=80)

    checked = look(session, mailings=[{**INVITATION, "at": "2026-12-10T10:00"}])

    assert checked.mailable_count == 1


@pytest.mark.parametrize("gap", [None, 0])
def test_nobody_is_left_out_without_a_gap(session: Session, gap: int | None) -> None:
    write_to(session, make_alumnus(session), days_ago=1)

    assert look(session, contact_gap_days=gap).mailable_count == 1


@pytest.mark.parametrize(("state", "is_spared"), [("unknown", True), ("failed", False)])
def test_mail_counts_when_it_may_have_arrived(
    session: Session, state: str, *, is_spared: bool
) -> None:
    write_to(session, make_alumnus(session), days_ago=1, state=state, sent_at=None)

    assert ("asked_lately" in look(session).excluded) == is_spared


def test_whoever_was_asked_lately_gets_no_invitation(session: Session) -> None:
    write_to(session, make_alumnus(session), days_ago=1)
    other = make_alumnus(session)
    survey = make_draft(session, contact_gap_days=90)

    launched = launch(
        session, survey=survey, keys=KEYS, now=NOW, due_now=False, expected=Expected(cases=1)
    )

    cases = session.scalars(
        select(Invitation.alumnus_id).where(Invitation.survey_id == survey.id)
    ).all()
    assert (launched.invitation_count, list(cases)) == (1, [other.id])


@pytest.mark.parametrize(("gap", "is_blocked"), [(30, True), (0, False)])
def test_gap_is_refused_where_it_would_shrink_an_indicators_base(
    session: Session, gap: int, *, is_blocked: bool
) -> None:
    make_alumnus(session)
    session.add(Indicator(code="K1", name={"tr": "Oran"}, denominator="invited", created_at=NOW))

    obstacles = look(session, contact_gap_days=gap, indicator="K1").obstacles

    assert ("gap_shrinks_indicator" in [note.code for note in obstacles]) == is_blocked
