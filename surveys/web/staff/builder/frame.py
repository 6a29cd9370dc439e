"""What the pages of one survey's steps share: its title and state, the steps, undo and redo.

A page extends `staff/surveys/builder.html` and is made by `render_step`.
"""

from dataclasses import dataclass
from datetime import datetime

from flask import render_template

from models import Survey, SurveyState
from surveys.errors import N_
from surveys.extensions import toolbox
from surveys.i18n import pick_text
from surveys.web.words import current_language, gettext

STATE_WORDS = {
    SurveyState.DRAFT: N_("draft"),
    SurveyState.SCHEDULED: N_("scheduled"),
    SurveyState.OPEN: N_("open"),
    SurveyState.PAUSED: N_("paused"),
    SurveyState.CLOSED: N_("closed"),
}
STATE_KINDS = {SurveyState.OPEN: "good", SurveyState.PAUSED: "warn"}
STEPS = (
    ("questions", N_("Questions")),
    ("audience", N_("Audience")),
    ("mails", N_("E-mails and schedule")),
    ("launch", N_("Check and launch")),
)


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The head of a step's page. `steps`: address, name, whether it is done."""

    code: str
    title: str
    home: str
    is_draft: bool
    state: str
    state_kind: str
    steps: list[tuple[str, str, bool]]
    revision: int
    updated_at: datetime


def make_frame(survey: Survey, *, now: datetime) -> Frame:
    """Return the head of `survey`'s pages at `now`."""
    state = survey.state_at(now)
    return Frame(
        code=survey.code,
        title=title_of(survey),
        home=f"/surveys/{survey.code}",
        is_draft=state == SurveyState.DRAFT,
        state=gettext(STATE_WORDS[state]),
        state_kind=STATE_KINDS.get(state, ""),
        steps=[(f"/surveys/{survey.code}/{step}", gettext(name), False) for step, name in STEPS],
        revision=survey.revision,
        updated_at=survey.updated_at,
    )


def title_of(survey: Survey) -> str:
    """Return the title as the reader is shown it; a draft without one goes by its code."""
    return pick_text(survey.definition.get("title") or {}, current_language()) or survey.code


def render_step(template: str, *, survey: Survey, **context: object) -> str:
    """Return a page of `survey`: a template that extends `staff/surveys/builder.html`."""
    frame = make_frame(survey, now=toolbox().clock.now())
    return render_template(template, survey=survey, frame=frame, **context)
