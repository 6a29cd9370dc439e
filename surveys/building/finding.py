"""A survey by the code that staff gave it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Survey
from surveys.errors import N_, DonutError


class SurveyUnknown(DonutError):
    """No survey has this code."""

    code = "survey_unknown"
    status = 404
    message = N_(
        "There is no survey with the code %(survey)s. Check the code, or make the survey first."
    )


def get_survey(session: Session, *, code: str) -> Survey:
    """Return the survey. Raises SurveyUnknown."""
    survey = session.scalar(select(Survey).where(Survey.code == code))
    if survey is None:
        raise SurveyUnknown(survey=code)
    return survey
