"""A response rate for one caller, kept while nothing that it depends on changes."""

from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from models import SurveyState
from surveys.api.callers import Caller
from surveys.api.conditional import Version, digest_variant, documents
from surveys.reporting.listing import Listed
from surveys.reporting.response_rates import response_rate_document
from surveys.reporting.revisions import Known
from surveys.reporting.wire import Document

KIND = "rr"


def version_of(caller: Caller, known: Known, status: SurveyState, *, by: str | None) -> Version:
    """Return what a caller's view of a rate depends on.

    The state may change by the clock alone, so it sets the answer apart beside the revision.
    """
    parts = {"by": by, "status": status}
    return Version(KIND, known.revision, known.changed_at, digest_variant(caller, parts))


def rate_of(
    session: Session, caller: Caller, listed: Listed, *, by: str | None, now: datetime
) -> Document:
    """Return the rate as a caller sees it; the session should be one snapshot."""
    survey = listed.survey
    return documents().recall(
        survey.public_id,
        version_of(caller, listed.known, survey.state_at(now), by=by),
        partial(response_rate_document, session, survey=survey, by=by, unit=caller.unit, now=now),
    )
