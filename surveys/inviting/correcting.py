"""A launched survey gets other words or other questions: its next version.

What people answered stays with the version that they saw. Whoever has not answered yet is asked by
the new one; what they saved so far is carried over as far as it fits.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from models import Invitation, MailingKind, Survey, SurveyVersion
from surveys.building.comparing import Difference, compare
from surveys.building.definition import from_document
from surveys.building.faults import DefinitionRefused
from surveys.building.problems import list_problems
from surveys.building.publishing import publish
from surveys.building.revisions import CORRECT, Act, add_revision
from surveys.database import changed_count
from surveys.errors import N_, DonutError
from surveys.inviting.lifecycle import require_running
from surveys.inviting.snapshot import snapshot_in_mail
from surveys.inviting.stored_plan import list_mailings

# What a launched survey can be given anew; times, people and mails are `changing`'s.
CORRECTABLE = ("title", "purpose", "languages", "sections")


class VersionChanged(DonutError):
    """Somebody else published a version since the form was made; nothing was saved."""

    code = "version_changed"
    status = 409
    message = N_(
        "Somebody corrected this survey meanwhile. Nothing was saved: look at the newer version,"
        " then correct again."
    )


@dataclass(frozen=True)
class Revised:
    """A new version, what differs from the one before, and how many people will now see it."""

    version: SurveyVersion
    difference: Difference
    invitation_count: int


def revise(
    session: Session,
    *,
    survey: Survey,
    document: Mapping[str, Any],
    base_number: int,
    actor: str,
    now: datetime,
) -> Revised | None:
    """Publish the texts and questions of `document` as the survey's next version.

    `base_number`: the version that `document` was made from. Returns None when nothing differs.
    Raises SurveyNotLaunched, SurveyOver, VersionChanged, DefinitionRefused.
    """
    session.flush()
    session.expire(survey)
    session.refresh(survey, with_for_update=True)
    require_running(survey, now)
    latest = survey.versions[-1]
    if latest.number != base_number:
        raise VersionChanged
    changed = {key: document[key] for key in CORRECTABLE}
    difference = compare(latest.definition, {**latest.definition, **changed})
    if not difference.words and not difference.meaning:
        return None
    _refuse_faulty({**latest.definition, **changed})
    survey.definition = {**survey.definition, **changed}
    version = publish(session, survey=survey, now=now, is_correction=difference.is_correction)
    _record(session, survey, version, Act(CORRECT, actor, now))
    _correct_mails(session, survey, version)
    return Revised(version, difference, _hand_out(session, survey, version))


def count_waiting(session: Session, *, survey: Survey) -> int:
    """Return how many people have not answered yet: those who will see a new version."""
    people = select(func.count()).select_from(Invitation).where(*_waiting(survey))
    return session.scalars(people).one()


def _refuse_faulty(document: dict[str, Any]) -> None:
    """Refuse what blocks in the part that can be corrected; the plan has gone its own way."""
    faults = [f for f in list_problems(document).blocking if f.place.startswith(CORRECTABLE)]
    if faults:
        raise DefinitionRefused(faults)


def _record(session: Session, survey: Survey, version: SurveyVersion, act: Act) -> None:
    survey.revision += 1
    survey.updated_at = act.now
    details = {"version": version.number, "is_correction": version.is_correction}
    add_revision(session, survey, Act(act.action, act.actor, act.now, details=details))


def _correct_mails(session: Session, survey: Survey, version: SurveyVersion) -> None:
    """Let the question in the mail say the new words in what has not gone out yet."""
    question = snapshot_in_mail(from_document(version.definition))
    for mailing in list_mailings(session, survey=survey):
        if mailing.kind == MailingKind.INVITATION and mailing.question != question:
            mailing.question = question
            mailing.revision += 1


def _hand_out(session: Session, survey: Survey, version: SurveyVersion) -> int:
    moved = session.execute(
        update(Invitation).where(*_waiting(survey)).values(survey_version_id=version.id),
        execution_options={"synchronize_session": False},
    )
    return changed_count(moved)


def _waiting(survey: Survey) -> tuple[ColumnElement[bool], ...]:
    return Invitation.survey_id == survey.id, Invitation.responded_at.is_(None)
