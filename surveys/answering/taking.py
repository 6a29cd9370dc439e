"""One posted form → what was saved and where the person goes next."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from models import Invitation
from surveys.answering import sections
from surveys.answering.choices import Form
from surveys.answering.faults import Fault
from surveys.answering.opening import Sheet, find_submitted, open_sheet
from surveys.answering.reading import Merged, merge_form
from surveys.answering.saving import save_draft, submit
from surveys.building.definition import from_document
from surveys.errors import N_, DonutError


class StaleTab(DonutError):
    """A script saved over answers that it had not seen; told, so that nothing is overwritten."""

    code = "stale_tab"
    status = 409
    message = N_("The survey is open in another tab. Reload this page.")


class Action(StrEnum):
    """What a form asks for. `save` comes from the script alone, NONE from a bare client."""

    NEXT = "next"
    BACK = "back"
    SUBMIT = "submit"
    SAVE = "save"
    NONE = ""


@dataclass(frozen=True)
class Post:
    """A form as it came in. `section` is the index of the section shown, None when unsaid.

    `revision` is that of the draft which the page was made from; only the script's saves must
    match it. `wants_change`: sent on purpose after the final submit.
    """

    form: Form
    action: Action
    section: int | None
    revision: int | None
    language: str
    wants_change: bool


class Step(StrEnum):
    """Where the person stands after a post."""

    SAVED = "saved"
    FAULTY = "faulty"
    FINISHED = "finished"
    TOO_LATE = "too_late"


@dataclass(frozen=True)
class Outcome:
    """The result of a post: with SAVED, `section` is where to go on; with FAULTY, where to mend."""

    step: Step
    section: int = 0
    revision: int = 0
    faults: list[Fault] = field(default_factory=list)


def take_form(session: Session, *, invitation: Invitation, post: Post, now: datetime) -> Outcome:
    """Save what can be saved of a form, and submit when it asks to and nothing is open.

    `invitation` was found for writing, so that no other post of this person runs meanwhile.
    A second submit ends at FINISHED and changes nothing; a form of an old tab that says something
    else ends at TOO_LATE, so that nobody is thanked for answers that were not taken.
    Raises StaleTab, SurveyNotOpen, SurveyClosed.
    """
    if invitation.responded_at is not None and not post.wants_change:
        if post.action == Action.SAVE:
            raise StaleTab
        return Outcome(_judge_repeat(session, invitation, post))
    sheet = open_sheet(session, invitation=invitation, now=now)
    if post.action == Action.SAVE and post.revision != sheet.revision:
        raise StaleTab
    if post.section not in range(len(sheet.definition.sections)):
        post = replace(post, section=None)
    invitation.language = post.language
    merged = merge_form(
        sheet.definition, stored=sheet.answers, form=post.form, section=post.section
    )
    decided = _decide(sheet, merged, post)
    if decided.step == Step.FINISHED:
        submit(session, invitation=invitation, sheet=sheet, answers=merged.answers, now=now)
        return decided
    revision = save_draft(
        session, invitation=invitation, sheet=sheet, answers=merged.answers, now=now
    )
    return Outcome(decided.step, decided.section, revision, decided.faults)


def _judge_repeat(session: Session, invitation: Invitation, post: Post) -> Step:
    submitted = find_submitted(session, invitation) or {}
    definition = from_document(invitation.survey_version.definition)
    repeated = merge_form(definition, stored=submitted, form=post.form, section=post.section)
    return Step.FINISHED if repeated.answers == submitted else Step.TOO_LATE


def _decide(sheet: Sheet, merged: Merged, post: Post) -> Outcome:
    definition, answers = sheet.definition, merged.answers
    here = post.section or 0
    if post.action == Action.SAVE:
        return Outcome(Step.SAVED, here, faults=merged.faults)
    if post.action == Action.BACK:
        return Outcome(Step.SAVED, sections.find_previous(definition, answers, here) or 0)
    if post.action == Action.NONE and post.section is None:
        return _decide_bare(sheet, merged)
    if post.action != Action.SUBMIT:
        missing = sections.list_missing(definition, answers, section=here)
        following = sections.find_next(definition, answers, here)
        if merged.faults or missing:
            return _refuse(sheet, merged, missing)
        if following is not None:
            return Outcome(Step.SAVED, following)
    return _decide_submit(sheet, merged)


def _decide_bare(sheet: Sheet, merged: Merged) -> Outcome:
    """A client that says neither section nor action: submit once no section is left open."""
    if merged.faults:
        return _refuse(sheet, merged, [])
    open_section = sections.find_open(sheet.definition, merged.answers)
    if open_section is not None:
        return Outcome(Step.SAVED, open_section)
    return _decide_submit(sheet, merged)


def _decide_submit(sheet: Sheet, merged: Merged) -> Outcome:
    missing = sections.list_missing(sheet.definition, merged.answers)
    if merged.faults or missing:
        return _refuse(sheet, merged, missing)
    return Outcome(Step.FINISHED)


def _refuse(sheet: Sheet, merged: Merged, missing: list[Fault]) -> Outcome:
    """Go to the first section with a fault, and name its faults in the order of its questions."""
    unread = {fault.question.code for fault in merged.faults}
    all_faults = [*merged.faults, *(f for f in missing if f.question.code not in unread)]
    by_section = [(sections.find_section(sheet.definition, f.question), f) for f in all_faults]
    first = min(section for section, _ in by_section)
    order = list(sheet.definition.question_by_code)
    faults = [fault for section, fault in by_section if section == first]
    faults.sort(key=lambda fault: order.index(fault.question.code))
    return Outcome(Step.FAULTY, first, faults=faults)
