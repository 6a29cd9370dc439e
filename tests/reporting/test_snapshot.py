"""A document's figures belong to the revision that it names, whoever writes meanwhile."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Invitation
from surveys.extensions import db, snapshot
from surveys.reporting.response_rates import response_rate_document
from surveys.reporting.revisions import read_revision, survey_resource
from tests.factories import make_invitation, make_survey


def test_counts_are_those_of_the_revision_that_was_read_before_a_concurrent_commit(
    session: Session,
) -> None:
    survey = make_survey(session)
    make_invitation(session, survey=survey)
    session.commit()

    with snapshot() as reading:
        resources = [survey_resource(survey.id)]
        before = read_revision(reading, resources=resources)
        with Session(db.engine) as writer:
            make_invitation(writer, survey=writer.merge(survey, load=False))
            writer.commit()
        mine = reading.get_one(type(survey), survey.id)
        document = response_rate_document(reading, survey=mine, now=survey.opens_at)

    assert before
    assert document["revision"] == before.revision
    assert document["counts"]["audience"] == 1
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Invitation)) == 2
    after = read_revision(session, resources=resources)
    assert after
    assert after.revision > before.revision


@pytest.mark.usefixtures("session")
def test_snapshot_leaves_no_open_read() -> None:
    with snapshot() as reading:
        reading.execute(select(func.count()).select_from(Invitation))

    assert not reading.in_transaction()
