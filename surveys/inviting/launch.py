"""The launch: a draft becomes a frozen version, a case for every person, and a dated plan.

All of it is one transaction of the caller's: a launch that is refused leaves the draft as it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, Select, insert, not_, update
from sqlalchemy.orm import Session

from models import Alumnus, Invitation, Mailing, MailingKind, MailingState, Survey, SurveyVersion
from surveys.building.definition import Definition, from_document
from surveys.building.publishing import publish
from surveys.building.revisions import SurveyAlreadyLaunched
from surveys.database import changed_count
from surveys.errors import N_, DonutError
from surveys.inviting.audience import select_audience
from surveys.inviting.checking import Check, examine
from surveys.inviting.headcount import iterate_batches, language_for
from surveys.inviting.lately import asked_lately
from surveys.inviting.plan import Planned, plan_mailings
from surveys.inviting.snapshot import snapshot_in_mail
from surveys.tokens import Keys, new_public_id

COHORT = (
    Alumnus.id,
    Alumnus.language,
    Alumnus.unit,
    Alumnus.programme,
    Alumnus.degree,
    Alumnus.graduation_year,
)


class AudienceCountDiffers(DonutError):
    """The audience is not as large as staff expected; nothing was launched."""

    code = "audience_count_differs"
    status = 409
    message = N_(
        "The audience has %(found)s people, not %(expected)s as expected. Nothing was launched."
        " Check the audience of %(survey)s again."
    )


class RecipientCountDiffers(DonutError):
    """The mail would go to another number of people than staff typed; nothing was launched."""

    code = "recipient_count_differs"
    status = 409
    message = N_(
        "The e-mail would go to %(found)s people, not to %(expected)s. Nothing was launched. Look"
        " at the number again, then type it."
    )


class LaunchBlocked(DonutError):
    """Something forbids the launch; the obstacles of `check` name everything that does."""

    code = "launch_blocked"
    status = 409
    message = N_("%(survey)s can't be launched.")

    def __init__(self, check: Check) -> None:
        super().__init__(survey=check.survey)
        self.check = check


@dataclass(frozen=True)
class Expected:
    """What staff expect: so many cases, so many of them with a mail; None where any will do."""

    cases: int | None = None
    recipients: int | None = None


@dataclass(frozen=True)
class Launch:
    """What was launched: cases made, mailings that will go out, and what the check before said."""

    invitation_count: int
    mailings: Sequence[Planned]
    check: Check


def launch(
    session: Session,
    *,
    survey: Survey,
    keys: Keys,
    now: datetime,
    due_now: bool,
    expected: Expected | None = None,
) -> Launch:
    """Freeze the survey, make one Invitation per person of its audience, date its mailings.

    `due_now` moves the plan so that the invitation is due at `now`, and opens the survey.
    Raises SurveyAlreadyLaunched, LaunchBlocked, AudienceCountDiffers, RecipientCountDiffers,
    AudienceRuleUnusable.
    """
    _take(session, survey, now=now)
    if due_now and survey.opens_at > now:
        survey.opens_at = now
    definition = from_document(survey.definition)
    plan = plan_mailings(definition, invite_at=now if due_now else None)
    checked = examine(session, survey=survey, plan=plan, keys=keys, now=now)
    if checked.is_blocked:
        raise LaunchBlocked(checked)
    wanted = expected or Expected()
    if wanted.recipients not in {None, checked.mailable_count}:
        raise RecipientCountDiffers(found=checked.mailable_count, expected=wanted.recipients)
    version = publish(session, survey=survey, now=now)
    people = select_audience(definition.audience, is_demo=survey.is_demo)
    spared = asked_lately(survey, definition, plan, now)
    count = _invite(session, people.where(not_(spared)), version, definition, now)
    if wanted.cases not in {None, count}:
        raise AudienceCountDiffers(survey=survey.code, found=count, expected=wanted.cases)
    _add_mailings(session, survey, definition, plan)
    return Launch(count, [planned for planned in plan if _is_sent(planned, survey)], checked)


def _take(session: Session, survey: Survey, *, now: datetime) -> None:
    """Mark the survey launched; of two launches at once, the second waits and finds it taken."""
    taken = session.execute(
        update(Survey)
        .where(Survey.id == survey.id, Survey.launched_at.is_(None))
        .values(launched_at=now)
    )
    if changed_count(taken) == 0:
        raise SurveyAlreadyLaunched(survey=survey.code)
    session.refresh(survey)


def _invite(
    session: Session,
    people: Select[Alumnus],
    version: SurveyVersion,
    definition: Definition,
    now: datetime,
) -> int:
    case = {"survey_id": version.survey_id, "survey_version_id": version.id, "created_at": now}
    count = 0
    for batch in iterate_batches(session, people, COHORT):
        rows = [{**case, **_case_of(person, definition)} for person in batch]
        session.execute(insert(Invitation), rows)
        count += len(rows)
    return count


def _case_of(person: Row[tuple[object, ...]], definition: Definition) -> dict[str, object]:
    return {
        "alumnus_id": person.id,
        "public_id": new_public_id(),
        "language": language_for(person.language, definition.languages),
        "unit": person.unit,
        "programme": person.programme,
        "degree": person.degree,
        "graduation_year": person.graduation_year,
    }


def _add_mailings(
    session: Session, survey: Survey, definition: Definition, plan: list[Planned]
) -> None:
    """Write the whole plan; what falls after the closing is there to be seen, but cancelled."""
    question = snapshot_in_mail(definition)
    session.add_all(
        Mailing(
            survey_id=survey.id,
            position=planned.position,
            kind=planned.kind,
            local_at=planned.local,
            timezone=definition.timezone,
            due_at=planned.due_at,
            subject=planned.mailing.subject,
            text=planned.mailing.text,
            question=question if planned.kind == MailingKind.INVITATION else None,
            state=MailingState.PLANNED if _is_sent(planned, survey) else MailingState.CANCELLED,
        )
        for planned in plan
    )
    session.flush()


def _is_sent(planned: Planned, survey: Survey) -> bool:
    return planned.due_at < survey.closes_at
