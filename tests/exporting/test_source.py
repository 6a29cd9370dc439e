"""What may be exported, and how much there is."""

import pytest
from sqlalchemy.orm import Session

from models import Draft
from surveys.exporting.source import NothingAsked, RowsNotGivenOut, measure_extent, open_source
from tests.conftest import NOW
from tests.exporting.answered import ANSWERS, add_response, make_asked
from tests.factories import make_document, make_invitation, make_survey


def test_extent_counts_rows_erased_answers_and_half_finished_forms(session: Session) -> None:
    survey = make_asked(session)
    add_response(session, survey, ANSWERS)
    make_invitation(session, survey=survey, started_at=NOW, responded_at=NOW)
    started = make_invitation(session, survey=survey, started_at=NOW)
    session.add(Draft(invitation_id=started.id, answers={"nps": 3}, updated_at=NOW))
    session.flush()

    extent = measure_extent(session, survey_id=survey.id)

    assert (extent.finished, extent.rows, extent.erased, extent.unfinished) == (2, 1, 1, 1)


def test_draft_survey_has_nothing_to_export(session: Session) -> None:
    survey = make_survey(session, launched_at=None)
    survey.versions.clear()

    with pytest.raises(NothingAsked):
        open_source(survey)


def test_anonymous_survey_gives_out_no_row(session: Session) -> None:
    survey = make_survey(session, document=make_document(confidentiality="anonymous"))

    with pytest.raises(RowsNotGivenOut):
        open_source(survey)
