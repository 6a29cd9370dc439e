"""What `flask doctor` says of the rules by which mails go out."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from models import DomainPace
from surveys.cli.doctor_findings import Finding
from surveys.cli.output import say
from surveys.delivery.holdups import GROUP_WORDS
from surveys.delivery.pace import Pace
from surveys.delivery.window import EVERY_DAY, MIDNIGHT, Window
from surveys.errors import N_
from surveys.extensions import reader, toolbox
from surveys.i18n import format_integer, format_moment
from surveys.inviting.rules import read_pace
from surveys.settings import Settings


def look_at_pace() -> Iterator[Finding]:
    """The rules as they were set, when mails go next, and receivers that turned mails down."""
    tools = toolbox()
    settings, now = tools.settings, tools.clock.now()
    pace = read_pace(settings)
    rules = ", ".join(_list_rules(settings, pace)) or say(N_("no limits"))
    yield Finding("pace", True, say(N_("Pace: %(rules)s."), rules=rules))
    if not pace.window.is_open(now):
        opens = pace.window.next_opening(now)
        if opens is None:
            words = say(N_("Sending hours: never. See DONUT_MAIL_WINDOW and the rows below it."))
            yield Finding("sending_hours", False, words)
        else:
            moment = format_moment(opens, settings.default_language, settings.zone, now=now)
            words = say(N_("Sending hours: mails go on %(moment)s."), moment=moment)
            yield Finding("sending_hours", True, words)
    yield from _look_at_receivers()


def _look_at_receivers() -> Iterator[Finding]:
    tools = toolbox()
    settings, now = tools.settings, tools.clock.now()
    closed = select(DomainPace).where(DomainPace.closed_until > now)
    try:
        states = reader().scalars(closed.order_by(DomainPace.domain_group)).all()
    except SQLAlchemyError:
        # The schema's own line tells why.
        reader().rollback()
        return
    for state in states:
        if state.closed_until is None:
            continue
        words = say(
            N_("Receivers: %(group)s turned our mails down (%(reply)s); tried again %(moment)s."),
            group=say(GROUP_WORDS[state.domain_group]),
            reply=state.closed_reason or "",
            moment=format_moment(
                state.closed_until, settings.default_language, settings.zone, now=now
            ),
        )
        yield Finding(f"receivers_{state.domain_group}", False, words)


def _list_rules(settings: Settings, pace: Pace) -> Iterator[str]:
    language = settings.default_language
    if settings.mail_rate:
        yield say(N_("%(number)s/min"), number=format_integer(settings.mail_rate, language))
    for group, rate in pace.domain_rates.items():
        number = say(N_("%(number)s/min"), number=format_integer(rate, language))
        yield f"{say(GROUP_WORDS[group])} {number}"
    if pace.ramp_up:
        caps = " → ".join(format_integer(cap, language) for cap in pace.ramp_up)
        yield say(N_("on the first days %(caps)s for each group"), caps=caps)
    yield from _list_hours(pace.window, has_holidays=settings.mail_holidays)
    if pace.canary:
        yield say(N_("the first %(count)s of a mailing ahead"), count=pace.canary)


def _list_hours(window: Window, *, has_holidays: bool) -> Iterator[str]:
    if (window.start, window.end) != (MIDNIGHT, MIDNIGHT):
        yield f"{window.start:%H:%M}–{window.end:%H:%M}"
    if set(window.weekdays) != EVERY_DAY:
        days = ", ".join(str(day) for day in sorted(window.weekdays))
        yield say(N_("weekdays %(days)s (1 is Monday)"), days=days)
    if has_holidays:
        yield say(N_("not on public holidays"))
