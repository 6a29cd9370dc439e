"""What in our own rules holds mails up just now, and how staff are told of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum

from models import DomainGroup
from surveys.delivery.forecast import Backlog, first_start, is_day_full
from surveys.delivery.pace import Pace
from surveys.errors import N_
from surveys.i18n import format_integer, format_moment, translate


class Cause(StrEnum):
    """Why mails wait although nobody stopped them."""

    HOURS = "hours"
    WATCHED = "watched"
    REFUSED = "refused"
    DAY_FULL = "day_full"


@dataclass(frozen=True)
class Holdup:
    """One cause, till `until` (None: for good), for `count` mails of `group` or of all ("").

    `reply` is what the group's server said.
    """

    cause: Cause
    until: datetime | None
    group: str = ""
    count: int = 0
    reply: str = ""


GROUP_WORDS: Mapping[str, str] = {
    DomainGroup.GMAIL: "Gmail",
    DomainGroup.MICROSOFT: "Microsoft (Outlook, Hotmail)",
    DomainGroup.YAHOO: "Yahoo",
    DomainGroup.YANDEX: "Yandex",
    DomainGroup.ICLOUD: "iCloud",
    DomainGroup.OWN: N_("Addresses at our own domain"),
    DomainGroup.REST: N_("All other addresses"),
}
HOLDUP_WORDS: Mapping[Cause, str] = {
    Cause.HOURS: N_("Outside the hours in which mails go. They go on %(moment)s."),
    Cause.WATCHED: N_(
        "The first mails of the mailing went ahead and are watched. If they do well, the others"
        " follow %(moment)s."
    ),
    Cause.REFUSED: N_(
        "%(group)s: our mails were turned down (“%(reply)s”). The %(count)s that wait are tried"
        " again %(moment)s."
    ),
    Cause.DAY_FULL: N_(
        "%(group)s: no more mails today while our sender is new. The other %(count)s go on"
        " %(moment)s."
    ),
}
NEVER_WORDS: Mapping[Cause, str] = {
    Cause.HOURS: N_(
        "The hours in which mails go never come. The operator of Dönüt must correct them in the"
        " settings."
    ),
}


def list_holdups(
    backlogs: Sequence[Backlog], *, pace: Pace, watched_until: datetime | None, now: datetime
) -> list[Holdup]:
    """Return what holds mails up at `now`, what concerns all of them first."""
    found: list[Holdup] = []
    if not pace.window.is_open(now):
        found.append(Holdup(Cause.HOURS, pace.window.next_opening(now)))
    if watched_until is not None:
        found.append(Holdup(Cause.WATCHED, watched_until))
    for backlog in backlogs:
        cause = _judge(backlog, pace, now)
        if cause is not None:
            start = first_start(backlog, pace=pace, now=now)
            found.append(Holdup(cause, start, backlog.group, backlog.count, backlog.reply))
    return found


def tell_holdup(holdup: Holdup, *, language: str, zone: tzinfo, now: datetime) -> str:
    """Return the sentence for one cause."""
    if holdup.until is None:
        words = NEVER_WORDS.get(holdup.cause, NEVER_WORDS[Cause.HOURS])
        return translate(language, words)
    return translate(
        language,
        HOLDUP_WORDS[holdup.cause],
        moment=format_moment(holdup.until, language, zone, now=now),
        group=translate(language, GROUP_WORDS.get(holdup.group, holdup.group)),
        count=format_integer(holdup.count, language),
        reply=holdup.reply,
    )


def _judge(backlog: Backlog, pace: Pace, now: datetime) -> Cause | None:
    if backlog.rests_until is not None and backlog.rests_until > now:
        return Cause.REFUSED
    return Cause.DAY_FULL if is_day_full(backlog, pace=pace, now=now) else None
