"""The draft → the next frozen version, to which answers will point."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Survey, SurveyVersion

# Names the privacy notice that respondents are shown; raise it when the notice's words change.
NOTICE_VERSION = "2026-1"


def publish(
    session: Session, *, survey: Survey, now: datetime, is_correction: bool = False
) -> SurveyVersion:
    """Freeze the survey's draft as it stands and return the new version, number n + 1.

    `is_correction`: only words differ from the version before. Later changes of the draft do not
    reach it. Two at once: the unique number refuses the second.
    """
    numbers = select(func.max(SurveyVersion.number)).where(SurveyVersion.survey_id == survey.id)
    version = SurveyVersion(
        survey=survey,
        number=(session.scalar(numbers) or 0) + 1,
        definition=survey.definition,
        notice_version=NOTICE_VERSION,
        is_correction=is_correction,
        created_at=now,
    )
    session.add(version)
    session.flush()
    return version
