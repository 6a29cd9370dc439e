"""The outbox in words for staff."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from models import MailingState
from surveys.cli.output import say
from surveys.delivery.brakes import Brake
from surveys.delivery.holdups import tell_holdup
from surveys.delivery.reasons import BRAKE_WORDS, MAILING_WORDS, REASON_WORDS, STATE_WORDS
from surveys.delivery.speed import Speed, measure_speed
from surveys.delivery.speed_words import tell_speed
from surveys.delivery.status import Cause, Doubt, MailingStatus, OutboxStatus
from surveys.errors import N_
from surveys.extensions import toolbox
from surveys.i18n import format_instant, format_integer
from surveys.inviting.notes import KIND_WORDS
from surveys.inviting.rules import read_pace

PLAN_WORDS: Mapping[str, str] = {
    MailingState.PLANNED: N_("planned for %(at)s"),
    MailingState.ENQUEUED: N_("due %(at)s"),
    MailingState.HELD: N_("held, since it was due too long ago: %(at)s"),
    MailingState.CANCELLED: N_("cancelled, was planned for %(at)s"),
}
FIRST_MAILS_WATCHED = N_(
    "The first mails went ahead. If they do well, the others follow by themselves: %(instant)s"
)


def tell_status(
    status: OutboxStatus, message_ids: Mapping[int, str], *, speed: Speed | None, now: datetime
) -> Iterator[str]:
    """Yield the lines of a whole status; `message_ids` by the id of each doubtful message.

    `speed` is that of the whole outbox, None where only one survey is looked at.
    """
    if speed is not None:
        yield from tell_waiting(speed, now)
    if status.brake:
        at = instant(status.brake.paused_at)
        yield say(
            "Sending is paused since %(at)s. %(reason)s To go on: flask outbox resume",
            at=at,
            reason=brake_words(status.brake),
        )
    yield from _tell_mailings(status.mailings)
    if status.causes:
        yield say("Reasons:")
    yield from (f"  {_cause_words(cause)}" for cause in status.causes)
    yield from _tell_doubts(status.doubts, message_ids)
    if status.oldest_due_at:
        yield say("Longest waiting mail due: %(at)s", at=instant(status.oldest_due_at))
    yield _beat_words(status.last_beat_at)


def brake_words(brake: Brake) -> str:
    """Return why nothing is sent, with the server's own words where it gave some."""
    words = say(BRAKE_WORDS[brake.reason]) if brake.reason in BRAKE_WORDS else brake.reason
    return f"{words} ({brake.reply})" if brake.reply else words


def instant(moment: datetime) -> str:
    """Return a moment in the service's zone and language."""
    settings = toolbox().settings
    return format_instant(moment, settings.default_language, settings.zone)


def number(count: int) -> str:
    """Return a whole number with its thousands marked."""
    return format_integer(count, toolbox().settings.default_language)


def measure_waiting(session: Session, status: OutboxStatus, now: datetime) -> Speed:
    """Return how fast what waits goes, by the settings' rules; `status` is of the whole outbox."""
    settings = toolbox().settings
    pace = read_pace(settings)
    return measure_speed(session, status=status, mail_rate=settings.mail_rate, pace=pace, now=now)


def tell_waiting(speed: Speed, now: datetime) -> Iterator[str]:
    """Yield how many mails wait, when they are done, and why none goes just now."""
    settings = toolbox().settings
    language, zone = settings.default_language, settings.zone
    if not speed.waiting:
        return
    yield f"{tell_speed(speed, language=language, zone=zone, now=now)}."
    if speed.is_stalled:
        yield say("The mail server has taken no mail for more than two minutes.")
    for holdup in speed.holdups:
        yield f"  {tell_holdup(holdup, language=language, zone=zone, now=now)}"


def _tell_mailings(mailings: Iterable[MailingStatus]) -> Iterator[str]:
    survey = None
    for mailing in mailings:
        if mailing.survey != survey:
            survey = mailing.survey
            paused = f" ({say('paused')})" if mailing.is_survey_paused else ""
            yield f"{survey}{paused}:"
        yield f"  {_mailing_words(mailing)}"
        yield from (f"    {line}" for line in _tell_care(mailing))


def _mailing_words(mailing: MailingStatus) -> str:
    plan = say(PLAN_WORDS[mailing.state], at=instant(mailing.due_at))
    counts = ", ".join(
        f"{say(STATE_WORDS[state])} {number(count)}"
        for state, count in mailing.counts.items()
        if count
    )
    head = f"{mailing.position}. {say(KIND_WORDS[mailing.kind])}, {plan}"
    return f"{head}: {counts}" if counts else head


def _tell_care(mailing: MailingStatus) -> Iterator[str]:
    """Yield why a mailing waits by itself."""
    if mailing.paused_reason is not None:
        yield say(MAILING_WORDS.get(mailing.paused_reason, mailing.paused_reason))
        if mailing.paused_reply:
            yield f"“{mailing.paused_reply}”"
        yield say(
            "To go on: flask outbox resume --mailing %(survey)s %(position)s",
            survey=mailing.survey,
            position=mailing.position,
        )
    elif mailing.watched_until is not None:
        at = instant(mailing.watched_until)
        yield say(FIRST_MAILS_WATCHED, instant=at)


def _cause_words(cause: Cause) -> str:
    reason = say(REASON_WORDS[cause.reason]) if cause.reason in REASON_WORDS else cause.reason
    reply = f" ({cause.smtp_code} {cause.smtp_text or ''})" if cause.smtp_code else ""
    state = say(STATE_WORDS[cause.state])
    return f"{cause.survey}: {number(cause.count)} {state}: {reason}{reply}"


def _tell_doubts(doubts: Iterable[Doubt], message_ids: Mapping[int, str]) -> Iterator[str]:
    surveys: list[str] = []
    for doubt in doubts:
        if not surveys:
            yield say(
                "It is unknown whether these mails arrived. Look for the Message-ID in the mail"
                " server's log:"
            )
        surveys.append(doubt.survey)
        kind, reason = say(KIND_WORDS[doubt.kind]), say(REASON_WORDS[doubt.reason])
        yield f"  {doubt.external_id}  {kind}  {message_ids[doubt.id]}  {reason}"
    for survey in dict.fromkeys(surveys):
        yield say(
            "To decide: flask outbox resolve %(survey)s --resend or --assume-sent", survey=survey
        )


def _beat_words(last_beat_at: datetime | None) -> str:
    if last_beat_at is None:
        return say("The scheduler never ran.")
    return say("The scheduler's last tick: %(at)s", at=instant(last_beat_at))
