"""Every change of what is counted raises the revision in its own transaction; nothing else does."""

from datetime import timedelta

import pytest
from sqlalchemy import Delete, Update, delete, update
from sqlalchemy.orm import Session

from models import Alumnus, Indicator, IndicatorTarget, Invitation, MailState, Survey, SurveyVersion
from surveys.reporting.revisions import INDICATORS, ROSTER, read_revision, survey_resource
from tests.conftest import NOW
from tests.factories import make_alumnus, make_invitation, make_survey

COUNTED: dict[str, Update | Delete] = {
    "mailed": update(Invitation).values(mail_state=MailState.SENT),
    "started": update(Invitation).values(started_at=NOW),
    "answered": update(Invitation).values(answered_count=1, applicable_count=2),
    "submitted": update(Invitation).values(started_at=NOW, responded_at=NOW),
    "core": update(Invitation).values(is_core_answered=True),
    "declined": update(Invitation).values(declined_at=NOW),
    "word": update(Invitation).values(manual_code="4.10"),
    "cohort": update(Invitation).values(unit="Fen Fakültesi"),
    "deleted": delete(Invitation),
    "paused": update(Survey).values(paused_at=NOW),
    "closed": update(Survey).values(closed_at=NOW),
    "moved": update(Survey).values(closes_at=NOW + timedelta(days=1)),
}
OF_SURVEYS = {"paused", "closed", "moved"}


def revision_of(session: Session, resource: str) -> int:
    known = read_revision(session, resources=[resource])
    return known.revision if known else 0


@pytest.mark.parametrize("name", COUNTED)
def test_counted_change_raises_the_revision_of_its_survey_alone(
    session: Session, name: str
) -> None:
    invitation = make_invitation(session, survey=make_survey(session))
    other = make_survey(session)
    own, foreign = survey_resource(invitation.survey_id), survey_resource(other.id)
    before = revision_of(session, own), revision_of(session, foreign)

    statement = COUNTED[name]
    if name in OF_SURVEYS:
        statement = statement.where(Survey.id == invitation.survey_id)
    session.execute(statement)

    assert revision_of(session, own) > before[0]
    assert revision_of(session, foreign) == before[1]


def test_statement_over_many_rows_raises_each_survey_of_them(session: Session) -> None:
    first, second = make_survey(session), make_survey(session)
    for survey in (first, first, second, second):
        make_invitation(session, survey=survey)
    names = [survey_resource(first.id), survey_resource(second.id)]
    before = [revision_of(session, name) for name in names]

    session.execute(update(Invitation).values(declined_at=NOW))

    after = [revision_of(session, name) for name in names]
    assert all(now > then for now, then in zip(after, before, strict=True))


def test_change_that_no_count_reads_raises_nothing(session: Session) -> None:
    invitation = make_invitation(session, survey=make_survey(session))
    own = survey_resource(invitation.survey_id)
    before = revision_of(session, own), revision_of(session, ROSTER)

    session.execute(update(Invitation).values(token_epoch=1, mailed_at=NOW, language="en"))
    session.execute(update(Alumnus).values(email="yeni@example.com", phone="1", updated_at=NOW))
    session.execute(update(Survey).values(revision=9, definition={}))

    assert (revision_of(session, own), revision_of(session, ROSTER)) == before


def test_same_value_written_again_raises_nothing(session: Session) -> None:
    invitation = make_invitation(session, survey=make_survey(session), declined_at=NOW)
    before = revision_of(session, survey_resource(invitation.survey_id))

    session.execute(update(Invitation).values(declined_at=NOW))

    assert revision_of(session, survey_resource(invitation.survey_id)) == before


def test_new_version_raises_the_revision(session: Session) -> None:
    survey = make_survey(session)
    before = revision_of(session, survey_resource(survey.id))

    session.add(
        SurveyVersion(
            survey_id=survey.id, number=2, definition={}, notice_version="1", created_at=NOW
        )
    )
    session.flush()

    assert revision_of(session, survey_resource(survey.id)) > before


@pytest.mark.parametrize(
    "values", [{"erased_at": NOW}, {"ineligible_at": NOW}, {"registered_at": NOW - timedelta(1)}]
)
def test_change_of_who_is_registered_raises_the_roster(
    session: Session, values: dict[str, object]
) -> None:
    make_alumnus(session)
    before = revision_of(session, ROSTER)

    session.execute(update(Alumnus).values(**values))

    assert revision_of(session, ROSTER) > before


def test_new_definition_and_target_raise_the_indicators(session: Session) -> None:
    before = revision_of(session, INDICATORS)
    indicator = Indicator(code="PG3.3.5", name={}, denominator="registered", created_at=NOW)
    session.add(indicator)
    session.flush()
    between = revision_of(session, INDICATORS)
    session.add(IndicatorTarget(indicator_id=indicator.id, year=2026, value=30))
    session.flush()

    assert before < between < revision_of(session, INDICATORS)


def test_change_that_is_rolled_back_leaves_the_revision(session: Session) -> None:
    invitation = make_invitation(session, survey=make_survey(session))
    session.commit()
    before = revision_of(session, survey_resource(invitation.survey_id))

    session.execute(update(Invitation).values(declined_at=NOW))
    session.rollback()

    assert revision_of(session, survey_resource(invitation.survey_id)) == before


def test_unknown_resource_has_no_revision(session: Session) -> None:
    assert read_revision(session, resources=["survey:999"]) is None
