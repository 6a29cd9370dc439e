"""The revisions of a draft: each is one operation and the whole document that it left."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from models import Survey, SurveyRevision
from surveys.building.local_time import to_instant
from surveys.errors import N_, DonutError

UNDO, REDO, RESTORE = "undo", "redo", "restore"
LOAD, START, COPY, CORRECT = "survey.load", "survey.start", "survey.copy", "survey.correct"
# What stands in for the history of a draft from before there was one.
BASELINE = "survey.baseline"
COLUMNS = (
    SurveyRevision.number,
    SurveyRevision.action,
    SurveyRevision.subject,
    SurveyRevision.details,
    SurveyRevision.undoes,
    SurveyRevision.actor,
    SurveyRevision.created_at,
)

Entry = Row[int, str, str | None, dict[str, Any], int | None, str, datetime]


class SurveyAlreadyLaunched(DonutError):
    """What people are answering can't be edited or replaced, nor launched a second time."""

    code = "survey_already_launched"
    status = 409
    message = N_(
        "%(survey)s is launched already. Its texts can still be corrected; other questions need a"
        " survey with a code of its own."
    )


class RevisionUnknown(DonutError):
    """The survey has no revision of this number."""

    code = "revision_unknown"
    status = 404
    message = N_("There is no revision %(number)s of this survey.")


@dataclass(frozen=True)
class Act:
    """Who does what when: everything of a revision but the document."""

    action: str
    actor: str
    now: datetime
    subject: str | None = None
    undoes: int | None = None
    details: dict[str, Any] = field(default_factory=dict)


def lock_draft(session: Session, survey: Survey) -> None:
    """Take the draft for this transaction and read it anew; a second writer waits for the first.

    Raises SurveyAlreadyLaunched.
    """
    session.flush()
    session.refresh(survey, with_for_update=True)
    if survey.launched_at is not None:
        raise SurveyAlreadyLaunched(survey=survey.code)


def write_revision(
    session: Session, *, survey: Survey, document: dict[str, Any], act: Act
) -> SurveyRevision:
    """Give the survey `document` as its next revision; the columns beside it follow."""
    _ensure_baseline(session, survey)
    survey.revision += 1
    put_document(survey, document, now=act.now)
    return add_revision(session, survey, act)


def put_document(survey: Survey, document: dict[str, Any], *, now: datetime) -> None:
    """Let the survey hold `document`, and its columns what stands in it."""
    survey.definition = document
    survey.indicator_code = document.get("indicator")
    survey.year = document.get("year")
    survey.opens_at = to_instant(document["opens_at"], document["timezone"]).at
    survey.closes_at = to_instant(document["closes_at"], document["timezone"]).at
    survey.updated_at = now


def add_revision(session: Session, survey: Survey, act: Act) -> SurveyRevision:
    """Write the row of the survey's present revision."""
    revision = SurveyRevision(
        survey_id=survey.id,
        number=survey.revision,
        definition=survey.definition,
        action=act.action,
        subject=act.subject,
        details=act.details,
        undoes=act.undoes,
        actor=act.actor,
        created_at=act.now,
    )
    session.add(revision)
    session.flush()
    return revision


def list_entries(session: Session, survey: Survey, *, after: int = 0) -> Sequence[Entry]:
    """Return the revisions after a number, oldest first, without their documents."""
    query = select(*COLUMNS).where(
        SurveyRevision.survey_id == survey.id, SurveyRevision.number > after
    )
    return session.execute(query.order_by(SurveyRevision.number)).all()


def get_revision(session: Session, survey: Survey, number: int) -> SurveyRevision:
    """Return one revision. Raises RevisionUnknown."""
    found = _find_revision(session, survey, number)
    if found is None:
        raise RevisionUnknown(number=number)
    return found


def get_present(session: Session, survey: Survey) -> SurveyRevision:
    """Return the revision that the survey is at."""
    _ensure_baseline(session, survey)
    return get_revision(session, survey, survey.revision)


def _find_revision(session: Session, survey: Survey, number: int) -> SurveyRevision | None:
    return session.scalar(
        select(SurveyRevision).where(
            SurveyRevision.survey_id == survey.id, SurveyRevision.number == number
        )
    )


def _ensure_baseline(session: Session, survey: Survey) -> None:
    """Write down what a draft was before its first revision, so that it can be gone back to."""
    if _find_revision(session, survey, survey.revision) is None:
        add_revision(session, survey, Act(BASELINE, actor="cli", now=survey.updated_at))
