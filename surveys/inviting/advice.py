"""Warnings about a plan: what may be sent all the same, but staff should think about first."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from models import MailingKind
from surveys.building.definition import Definition
from surveys.building.public_holidays import find_holiday
from surveys.errors import N_
from surveys.i18n import fold
from surveys.inviting.headcount import SharedMailboxes
from surveys.inviting.notes import Note, note
from surveys.inviting.plan import Planned, is_overdue

NIGHT_FROM_HOUR = 22
NIGHT_UNTIL_HOUR = 8
SATURDAY = 5
SHORTEST_GAP = timedelta(days=3)
MOST_CONTACTS = 4
# Words that can make a survey mail a commercial message; folded, so that İNDİRİM is found too.
COMMERCIAL = re.compile(r"\b(indirim|kampanya|satin al|firsat|sponsor)")


def advise_on_time(plan: list[Planned], *, closes_at: datetime, now: datetime) -> Iterator[Note]:
    """Warn of each mailing that goes out at a bad time, or not at all."""
    for planned in plan:
        if planned.due_at >= closes_at:
            yield _about(planned, "after_closing", AFTER_CLOSING)
            continue
        local = datetime.fromisoformat(planned.local)
        if is_night(local):
            yield _about(planned, "night", NIGHT)
        holiday = find_holiday(local)
        if holiday:
            yield _about(planned, "holiday", HOLIDAY, holiday=holiday)
        elif local.weekday() >= SATURDAY:
            yield _about(planned, "weekend", WEEKEND)
        if planned.written != planned.local:
            yield _about(planned, "shifted", SHIFTED, written=planned.written.replace("T", " "))
        if is_overdue(planned, now) and now < closes_at:
            yield _about(planned, "overdue", OVERDUE)


def is_night(local: datetime) -> bool:
    """Tell whether people sleep at a local time."""
    return local.hour >= NIGHT_FROM_HOUR or local.hour < NIGHT_UNTIL_HOUR


def advise_on_contacts(plan: list[Planned]) -> Iterator[Note]:
    """Warn of contacts that follow each other too closely, or are too many."""
    asking = [planned for planned in plan if planned.kind != MailingKind.THANKS]
    for first, second in pairwise(sorted(asking, key=lambda planned: planned.due_at)):
        gap = datetime.fromisoformat(second.local) - datetime.fromisoformat(first.local)
        if gap < SHORTEST_GAP:
            yield note("close_contacts", CLOSE, first=first.position, second=second.position)
    if len(asking) > MOST_CONTACTS:
        yield note("many_contacts", MANY, count=len(asking), most=MOST_CONTACTS)


def advise_on_words(definition: Definition, plan: list[Planned]) -> Iterator[Note]:
    """Warn of words that can turn a mail into a commercial message."""
    for planned in plan:
        for language in definition.languages:
            texts = (planned.mailing.subject, planned.mailing.text or {})
            words = " ".join(text.get(language, "") for text in texts)
            found = COMMERCIAL.search(fold(words))
            if found:
                said = words[found.start() : found.end()]
                yield _about(planned, "commercial", COMMERCIAL_WORD, word=said, language=language)


def advise_on_mailboxes(shared: SharedMailboxes | None) -> Iterator[Note]:
    """Warn that several people read one mailbox."""
    if shared:
        yield note(
            "shared_mailbox",
            SHARED,
            people=shared.people,
            mailboxes=shared.mailboxes,
            example=shared.example,
        )


def advise_on_indicator(code: str | None, *, is_loaded: bool) -> Iterator[Note]:
    """Warn that the survey serves an indicator for which nobody has loaded targets yet."""
    if code and not is_loaded:
        yield note("targets_not_loaded", NO_TARGETS, indicator=code)


def _about(planned: Planned, code: str, message: str, **params: object) -> Note:
    params = {"position": planned.position, "kind": planned.kind, "at": planned.due_at, **params}
    return note(code, message, **params)


AFTER_CLOSING = N_(
    "Mailing %(position)s (%(kind)s, %(at)s) falls after the closing time; it will not be sent."
)
NIGHT = N_(
    "Mailing %(position)s (%(kind)s) goes out at night: %(at)s. Between 08:00 and 22:00 is better."
)
WEEKEND = N_("Mailing %(position)s (%(kind)s) goes out at a weekend: %(at)s.")
HOLIDAY = N_("Mailing %(position)s (%(kind)s, %(at)s) goes out on a public holiday: %(holiday)s.")
SHIFTED = N_(
    "Mailing %(position)s (%(kind)s) was written for %(written)s, an hour that the clocks skip on"
    " that day. It goes out at %(at)s."
)
OVERDUE = N_(
    "Mailing %(position)s (%(kind)s) was due at %(at)s, which is past. It goes out as soon as the"
    " survey is launched."
)
CLOSE = N_(
    "Mailings %(first)s and %(second)s are less than 3 days apart. Leave people at least 3 days."
)
MANY = N_("The plan writes to a person up to %(count)s times. More than %(most)s tires people.")
COMMERCIAL_WORD = N_(
    "Mailing %(position)s (%(kind)s, %(language)s) says “%(word)s”, which can make it a"
    " commercial message."
)
SHARED = N_(
    "Mailboxes that several people share: %(mailboxes)s (people: %(people)s, one of them"
    " %(example)s). Each person gets a mail of their own."
)
NO_TARGETS = N_(
    "No targets are set yet for the indicator %(indicator)s, so the rate stands without one."
)
