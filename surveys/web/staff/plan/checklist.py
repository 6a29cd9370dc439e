"""What stands between a draft and its launch: each thing with the place where it is mended."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from models import StaffMail, StaffMailState, Survey
from surveys.building.faults import Fault
from surveys.delivery.status import OutboxStatus
from surveys.errors import N_
from surveys.i18n import format_instant, format_integer
from surveys.inviting.checking import Check
from surveys.inviting.notes import Note
from surveys.settings import Settings
from surveys.web.staff.plan.words import say_fault, say_note
from surveys.web.words import current_language, gettext

TOO_LATE = "invitation_too_late"
BEAT_LIMIT = timedelta(minutes=5)
# Names under which only this machine is reached; no link in a mail leads there from elsewhere.
HERE = frozenset({"localhost", "127.0.0.1", "::1"})
PLACES = {
    "anonymous_impossible": "questions?edit=survey#survey",
    "audience_empty": "audience",
    "nobody_mailable": "audience",
    "heading_unknown": "audience",
    "gap_shrinks_indicator": "audience",
    "closing_past": "mails#closing",
}


@dataclass(frozen=True)
class Item:
    """One line of the list. `href` is where it is mended, None where there is nothing to do."""

    words: str
    href: str | None = None


@dataclass(frozen=True)
class Checklist:
    """What blocks the launch, what should be looked at, what is in order.

    A plan that is past blocks only the launch as planned: at once it can go.
    """

    blocking: Sequence[Item]
    warnings: Sequence[Item]
    done: Sequence[Item]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the list is made of besides the check."""

    survey: Survey
    tests: Sequence[StaffMail]
    outbox: OutboxStatus
    records: Mapping[str, bool]
    settings: Settings
    base: str | None
    now: datetime


def make_checklist(checked: Check, facts: Facts) -> Checklist:
    """Return the list for one survey; the numbers are those of the check."""
    zone = ZoneInfo(checked.timezone)
    home = f"/surveys/{facts.survey.code}"
    late = [note for note in checked.obstacles if note.code == TOO_LATE]
    firm = [note for note in checked.obstacles if note.code != TOO_LATE]
    return Checklist(
        blocking=[
            *(_of_note(note, checked, home, zone) for note in firm),
            *(Item(say_fault(f), _place_of(f, home)) for f in checked.problems.blocking),
        ],
        warnings=[
            *(_of_note(note, checked, home, zone) for note in late),
            *_of_sending(facts),
            *_of_tests(facts, home),
            *_of_texts(checked, home),
            *(_of_note(note, checked, home, zone) for note in checked.warnings),
        ],
        done=[*_in_order(checked, facts, home)],
    )


def _of_note(note: Note, checked: Check, home: str, zone: ZoneInfo) -> Item:
    return Item(say_note(note, zone), _place_of_note(note, checked, home))


def _place_of_note(note: Note, checked: Check, home: str) -> str | None:
    if note.code == "targets_not_loaded":
        return f"/indicators/{note.params['indicator']}"
    if note.code == "shared_mailbox":
        return "/roster"
    position = note.params.get("position") or note.params.get("second")
    if note.code == TOO_LATE:
        position = next(
            f.planned.position for f in checked.mailings if f.planned.kind == "invitation"
        )
    if position is not None:
        planned = next(f.planned for f in checked.mailings if f.planned.position == position)
        return f"{home}/mails?open={planned.index}#mail-{planned.index}"
    return f"{home}/{PLACES.get(note.code, 'mails')}"


def _place_of(fault: Fault, home: str) -> str:
    kind, _, name = (fault.subject or "survey").partition(":")
    return {
        "question": f"{home}/questions?open={name}#q-{name}",
        "section": f"{home}/questions?edit=section-{name}#section-{name}",
        "mailing": f"{home}/mails?open={name}#mail-{name}",
        "audience": f"{home}/audience",
    }.get(kind, f"{home}/questions?edit=survey#survey")


def _of_sending(facts: Facts) -> Iterator[Item]:
    last = facts.outbox.last_beat_at
    if last is None or facts.now - last > BEAT_LIMIT:
        yield Item(gettext(NOT_RUNNING), "/outbox")
    if facts.outbox.brake is not None:
        yield Item(gettext(BRAKED), "/outbox")
    if urlsplit(facts.settings.base_url).hostname in HERE:
        yield Item(gettext(UNREACHABLE, base_url=facts.settings.base_url))
    missing = [label for label, is_there in facts.records.items() if not is_there]
    if missing:
        yield Item(gettext(UNVOUCHED, records=", ".join(missing)))


def _of_tests(facts: Facts, home: str) -> Iterator[Item]:
    states = {mail.state for mail in facts.tests}
    if StaffMailState.SENT in states:
        return
    waits = states & {StaffMailState.QUEUED, StaffMailState.SENDING}
    words = TEST_WAITS if waits else TEST_FAILED if states else NOT_TESTED
    yield Item(gettext(words), f"{home}/mails?open=0#trial")


def _of_texts(checked: Check, home: str) -> Iterator[Item]:
    """Tell the same thing of many places once, with the first of them as the place to mend."""
    first: dict[str, list[Fault]] = {}
    for fault in checked.problems.warnings:
        first.setdefault(fault.message, []).append(fault)
    for faults in first.values():
        words = say_fault(faults[0])
        if len(faults) > 1:
            words = f"{words} {gettext(IN_PLACES, count=_number(len(faults)))}"
        yield Item(words, _place_of(faults[0], home))


def _in_order(checked: Check, facts: Facts, home: str) -> Iterator[Item]:
    places = {(f.subject or "survey").partition(":")[0] for f in checked.problems.blocking}
    if not places & {"question", "section", "survey"}:
        yield Item(gettext(QUESTIONS_DONE), f"{home}/questions")
    if checked.mailable_count:
        count = _number(checked.mailable_count)
        yield Item(gettext(AUDIENCE_DONE, count=count), f"{home}/audience")
    if "mailing" not in places:
        count = _number(len(checked.mailings))
        yield Item(gettext(MAILS_DONE, count=count), f"{home}/mails")
    if any(mail.state == StaffMailState.SENT for mail in facts.tests):
        yield Item(gettext(TESTED))
    if facts.survey.closes_at > facts.now:
        zone = ZoneInfo(checked.timezone)
        closing = format_instant(facts.survey.closes_at, current_language(), zone)
        yield Item(gettext(CLOSING, closing=closing), f"{home}/mails#closing")
    if facts.records and all(facts.records.values()):
        yield Item(gettext(VOUCHED, records=", ".join(facts.records)))
    yield Item(gettext(NOTICE))
    yield Item(gettext(RATE_BASE, count=_number(checked.audience_count)))
    if facts.base:
        yield Item(facts.base)


def _number(value: int) -> str:
    return format_integer(value, current_language())


NOT_RUNNING = N_(
    "The service that sends e-mails is not running. After the launch, nothing goes out until it is"
    " started; tell whoever looks after the server."
)
BRAKED = N_("Sending is stopped. After the launch, nothing goes out until it is resumed.")
UNREACHABLE = N_(
    "Links in the e-mails begin with %(base_url)s, which graduates can't reach; tell whoever looks"
    " after the server."
)
UNVOUCHED = N_(
    "The domain that the e-mails come from lacks these records: %(records)s. Large mailbox"
    " providers may refuse the e-mails; tell whoever looks after the server."
)
VOUCHED = N_("The domain that the e-mails come from has its records: %(records)s.")
NOT_TESTED = N_("No test e-mail has been sent yet. Send one to yourself and look at it.")
TEST_WAITS = N_("The test e-mail has not gone out yet.")
TEST_FAILED = N_("The test e-mail was not sent. See why.")
IN_PLACES = N_("(in %(count)s places)")
QUESTIONS_DONE = N_("The questions are complete.")
AUDIENCE_DONE = N_("The e-mail goes to %(count)s people.")
MAILS_DONE = N_("The e-mails are complete: %(count)s.")
TESTED = N_("A test e-mail was sent.")
CLOSING = N_("The survey closes on %(closing)s.")
NOTICE = N_("Every e-mail and page links to the privacy notice (KVKK).")
RATE_BASE = N_("The response rate will be of %(count)s people.")
