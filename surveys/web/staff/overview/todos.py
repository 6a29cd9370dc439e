"""What staff should do next, the most urgent first, each with the command that does it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from models import MailingState, MessageState, SurveyState
from surveys.errors import N_
from surveys.web.staff.overview.reading import UNFINISHED, Overview

BEAT_LIMIT = timedelta(minutes=5)


@dataclass(frozen=True)
class Todo:
    """One thing to do. `is_urgent` marks what keeps mails from going out or leaves doubt."""

    message: str
    command: str
    params: Mapping[str, object] = field(default_factory=dict)
    is_urgent: bool = False


def list_todos(overview: Overview, *, now: datetime) -> list[Todo]:
    """Return what is to be done."""
    return [*_about_sending(overview, now), *_about_setting_up(overview)]


def is_silent(overview: Overview, *, now: datetime) -> bool:
    """Tell whether no scheduler has run lately."""
    last = overview.outbox.last_beat_at
    return last is None or now - last > BEAT_LIMIT


def _about_sending(overview: Overview, now: datetime) -> Iterator[Todo]:
    outbox, counts = overview.outbox, overview.outbox.counts
    is_running = any(survey.state in UNFINISHED for survey in overview.surveys)
    if is_running and is_silent(overview, now=now):
        message = N_("The scheduler isn't running, so no mail goes out.")
        yield Todo(message, "flask scheduler", is_urgent=True)
    if outbox.brake is not None:
        message = N_("Sending is paused. See why, then resume it.")
        yield Todo(message, "flask outbox status", is_urgent=True)
    for mailing in outbox.mailings:
        if mailing.state == MailingState.HELD:
            message = N_("A mailing of %(survey)s was due too long ago and is held.")
            command = f"flask survey send-held {mailing.survey}"
            yield Todo(message, command, {"survey": mailing.survey}, is_urgent=True)
    for code in sorted({doubt.survey for doubt in outbox.doubts}):
        message = N_("Of some mails of %(survey)s nobody knows whether they went out.")
        yield Todo(message, f"flask outbox resolve {code}", {"survey": code}, is_urgent=True)
    if counts[MessageState.FAILED]:
        yield Todo(N_("Some mails could not be delivered. See why."), "flask outbox status")


def _about_setting_up(overview: Overview) -> Iterator[Todo]:
    known = overview.value.known
    if not overview.has_people:
        message = N_("Import your graduates from a spreadsheet.")
        yield Todo(message, "flask roster import mezunlar.xlsx")
    if overview.value.target is None:
        message = N_("Set the indicator's start value and yearly targets.")
        yield Todo(message, f"flask indicator load {known.definition.code}.yaml")
    if not overview.surveys:
        yield Todo(N_("Load a survey definition."), "flask survey load anket.yaml")
    for survey in overview.surveys:
        if survey.state == SurveyState.DRAFT:
            message = N_("Check the draft %(survey)s, then launch it.")
            yield Todo(message, f"flask survey check {survey.code}", {"survey": survey.code})
