"""The plan as rows of a timeline, of a draft as of a launched survey; nothing is read here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from models import Mailing, MailingKind, MailingState, Survey
from surveys.building.definition import Text
from surveys.building.local_time import format_local
from surveys.errors import N_
from surveys.inviting.checking import Check
from surveys.inviting.notes import Note
from surveys.inviting.plan import Planned
from surveys.inviting.stored_plan import Progress
from surveys.web.staff.plan.words import day, say_fault, say_note
from surveys.web.words import gettext

KIND_TITLES = {
    MailingKind.INVITATION: N_("Invitation"),
    MailingKind.REMINDER: N_("%(number)s. reminder"),
    MailingKind.THANKS: N_("Thanks"),
}
RULES = {
    MailingKind.INVITATION: N_("to everybody who can be mailed"),
    MailingKind.REMINDER: N_("only to those who have not finished by then"),
    MailingKind.THANKS: N_("to those who have finished"),
}
STATES = {
    MailingState.PLANNED: N_("to come"),
    MailingState.ENQUEUED: N_("going out"),
    MailingState.HELD: N_("held"),
    MailingState.CANCELLED: N_("cancelled"),
}

# The row itself says which mailing it is and when it goes out.
SHORT = {
    "after_closing": N_("After the closing: it will not be sent."),
    "night": N_("At night. Between 08:00 and 22:00 is better."),
    "weekend": N_("At a weekend."),
    "holiday": N_("Public holiday: %(holiday)s."),
    "shifted": N_("The clocks skip the hour that was written (%(written)s) on that day."),
    "overdue": N_("This time is past: it goes out as soon as the survey is launched."),
    "commercial": N_("“%(word)s” can make it a commercial message."),
}
OF_CONTACTS = frozenset({"close_contacts", "many_contacts"})


@dataclass(frozen=True, kw_only=True)
class Row:
    """One mailing. `key` is its index in the draft, or the id of its row; `at` local time.

    `people`: how many it reaches, in words. `state` only after the launch. `warnings` and `faults`
    are sentences. `revision` guards a launched one's form.
    """

    key: int
    kind: str
    title: str
    rule: str
    subject: Text
    text: Text | None
    at: str
    after_days: int | None
    date: str
    weekday: str
    time: str
    count: int
    is_expected: bool
    waiting_count: int = 0
    sent_count: int = 0
    state: str | None = None
    state_word: str = ""
    is_open: bool = True
    revision: int = 0
    warnings: Sequence[str] = field(default=())
    faults: Sequence[str] = field(default=())


@dataclass(frozen=True)
class Closing:
    """The last row: when the survey takes no more answers."""

    date: str
    weekday: str
    time: str
    local: str


def draft_rows(checked: Check) -> list[Row]:
    """Return the rows of a draft's plan in the order in which it goes out."""
    zone = ZoneInfo(checked.timezone)
    reminders = count(1)
    rows = []
    for forecast in checked.mailings:
        planned, index = forecast.planned, forecast.planned.index
        own = [fault for fault in checked.problems.blocking if fault.subject == f"mailing:{index}"]
        rows.append(
            Row(
                key=index,
                **_common(planned, reminders),
                after_days=planned.mailing.after_days,
                count=forecast.expected_count,
                is_expected=planned.kind != MailingKind.INVITATION,
                warnings=_warnings_of(planned, checked.warnings, zone),
                faults=[say_fault(fault) for fault in own],
            )
        )
    return rows


def live_rows(progress: Sequence[Progress], checked: Check) -> list[Row]:
    """Return the rows of a launched survey's plan."""
    zone = ZoneInfo(checked.timezone)
    reminders = count(1)
    rows = []
    for found, forecast in zip(progress, checked.mailings, strict=True):
        mailing, planned = found.mailing, forecast.planned
        rows.append(
            Row(
                key=mailing.id,
                **_common(planned, reminders),
                after_days=None,
                count=forecast.expected_count,
                is_expected=found.is_open and mailing.enqueued_at is None,
                waiting_count=found.waiting_count,
                sent_count=found.sent_count,
                state=mailing.state,
                state_word=_say_state(mailing, found),
                is_open=found.is_open,
                revision=mailing.revision,
                warnings=_warnings_of(planned, checked.warnings, zone),
            )
        )
    return rows


def closing_of(survey: Survey) -> Closing:
    """Return the row of the survey's closing, in its own zone."""
    zone = ZoneInfo(survey.definition["timezone"])
    local = survey.ends_at().astimezone(zone).replace(tzinfo=None)
    return Closing(*_when(local), format_local(survey.closes_at.astimezone(zone)))


def other_warnings(checked: Check, zone: ZoneInfo) -> list[str]:
    """Return the warnings about contacts that follow each other, or are too many."""
    return [say_note(note, zone) for note in checked.warnings if note.code in OF_CONTACTS]


def _common(planned: Planned, reminders: Iterable[int]) -> dict[str, Any]:
    numbers = iter(reminders)
    is_reminder = planned.kind == MailingKind.REMINDER
    number = next(numbers) if is_reminder else 0
    kind = MailingKind(planned.kind)
    date, weekday, time = _when(datetime.fromisoformat(planned.local))
    return {
        "kind": planned.kind,
        "title": gettext(KIND_TITLES[kind], **({"number": number} if is_reminder else {})),
        "rule": gettext(RULES[kind]),
        "subject": planned.mailing.subject,
        "text": planned.mailing.text,
        "at": planned.local,
        "date": date,
        "weekday": weekday,
        "time": time,
    }


def _when(local: datetime) -> tuple[str, str, str]:
    return day(local.date(), "d MMM y"), day(local.date(), "EEEE"), f"{local:%H:%M}"


def _warnings_of(planned: Planned, notes: Sequence[Note], zone: ZoneInfo) -> list[str]:
    own = [note for note in notes if note.params.get("position") == planned.position]
    return [
        say_note(replace(note, message=SHORT.get(note.code, note.message)), zone) for note in own
    ]


def _say_state(mailing: Mailing, found: Progress) -> str:
    if mailing.state == MailingState.CANCELLED and mailing.stopped_at:
        return gettext(N_("stopped"))
    if mailing.state == MailingState.ENQUEUED and not found.waiting_count:
        return gettext(N_("sent"))
    return gettext(STATES[MailingState(mailing.state)])
