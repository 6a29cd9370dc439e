"""What the pages of one survey's steps share: its title and state, the steps, undo and redo.

A page extends `staff/surveys/builder.html` and is made by `render_step`.
"""

from dataclasses import dataclass
from datetime import datetime

from flask import render_template

from models import Role, Survey, SurveyState
from surveys.building.editing import find_reach
from surveys.building.history import ACTION_WORDS
from surveys.building.problems import list_problems
from surveys.building.revisions import Entry
from surveys.errors import N_
from surveys.extensions import reader, toolbox
from surveys.i18n import format_instant, pick_text
from surveys.web.staff.account.entering import get_signed_in
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
    """The head of a step's page. `steps`: address, name, whether it is done.

    `can_edit`: it is a draft, and the reader may change it. `undoes` and `redoes` say what the two
    buttons would take back; None when there is nothing.
    """

    code: str
    title: str
    home: str
    is_draft: bool
    can_edit: bool
    is_running: bool
    state: str
    state_kind: str
    steps: list[tuple[str, str, bool]]
    revision: int
    saved: str
    undoes: str | None
    redoes: str | None


def make_frame(survey: Survey, *, now: datetime) -> Frame:
    """Return the head of `survey`'s pages at `now`."""
    state = survey.state_at(now)
    is_draft = state == SurveyState.DRAFT
    reach = find_reach(reader(), survey=survey) if is_draft else None
    return Frame(
        code=survey.code,
        title=title_of(survey),
        home=f"/surveys/{survey.code}",
        is_draft=is_draft,
        is_running=not is_draft and state != SurveyState.CLOSED,
        can_edit=is_draft and get_signed_in().role != Role.VIEWER,
        state=gettext(STATE_WORDS[state]),
        state_kind=STATE_KINDS.get(state, ""),
        steps=_list_steps(survey) if is_draft else [],
        revision=survey.revision,
        saved=_say_saved(survey, now),
        undoes=_say_action(reach.undo) if reach else None,
        redoes=_say_action(reach.redo) if reach else None,
    )


def _list_steps(survey: Survey) -> list[tuple[str, str, bool]]:
    """Return the steps; one is done when nothing in it forbids the launch, the last never is."""
    places = {f.subject or "" for f in list_problems(survey.definition).blocking}
    kinds = {place.partition(":")[0] for place in places}
    done = {
        "questions": not kinds & {"survey", "section", "question"},
        "audience": "audience" not in kinds,
        "mails": "mailing" not in kinds,
    }
    base = f"/surveys/{survey.code}"
    return [(f"{base}/{step}", gettext(name), done.get(step, False)) for step, name in STEPS]


def _say_saved(survey: Survey, now: datetime) -> str:
    """Return when the draft was saved last: the hour alone when that was today."""
    zone = toolbox().settings.zone
    at, today = survey.updated_at.astimezone(zone), now.astimezone(zone).date()
    when = f"{at:%H:%M}" if at.date() == today else format_instant(at, current_language(), zone)
    return gettext("Saved %(when)s · revision %(number)s", when=when, number=survey.revision)


def _say_action(entry: Entry | None) -> str | None:
    return gettext(ACTION_WORDS[entry.action]) if entry else None


def title_of(survey: Survey) -> str:
    """Return the title as the reader is shown it; a draft without one goes by its code."""
    return pick_text(survey.definition.get("title") or {}, current_language()) or survey.code


def render_step(template: str, *, survey: Survey, **context: object) -> str:
    """Return a page of `survey`: a template that extends `staff/surveys/builder.html`."""
    frame = make_frame(survey, now=toolbox().clock.now())
    return render_template(template, survey=survey, frame=frame, **context)
