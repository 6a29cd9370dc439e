"""The mail about one occasion: what happened, the numbers, what to do, and where.

Reads the rows anew: an occasion that has passed since it was queued is not mailed.
"""

from collections.abc import Callable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Mailing, MailingState, Role, StaffMail, Survey
from surveys.delivery.brakes import find_brake, read_reason
from surveys.delivery.listing import Group
from surveys.delivery.reasons import BRAKE_WORDS, MAILING_WORDS
from surveys.errors import N_
from surveys.i18n import format_date, format_instant, format_integer, pick_text, translate
from surveys.indicators.words import verdict_of
from surveys.inviting.notes import KIND_WORDS
from surveys.notifying.alerts import Occasion, count_failed, find_behind, is_failing
from surveys.notifying.ending_keys import list_ending
from surveys.notifying.letters import Context, StaffLetter, get_member, get_reader, lay_out
from surveys.notifying.standings import (
    measure_indicator,
    measure_survey,
    write_indicator,
    write_share,
)
from surveys.rates.formulas import Rate

# What the layout needs of one occasion; `path` is that of the page to open.
Values = Mapping[str, object]
Finder = Callable[[Session, StaffMail, Context, str], Values | None]


def write_alert_letter(session: Session, mail: StaffMail, context: Context) -> StaffLetter | None:
    """Return the letter, or None when the occasion is over."""
    reader = get_reader(session, mail)
    occasion = Occasion(mail.params["occasion"])
    found = _FINDERS[occasion](session, mail, context, reader.language)
    if found is None:
        return None
    link = f"{context.house.base_url}{found['path']}"
    values = {"facts": [], "occasion": occasion.value, "link": link, **found, "values": found}
    return lay_out("alert", reader=reader, context=context, values=values)


def _behind(session: Session, mail: StaffMail, context: Context, language: str) -> Values | None:
    survey = _find_survey(session, mail)
    if survey is None:
        return None
    value = find_behind(session, survey, now=context.now, zone=context.zone)
    if value is None or survey.ends_at() <= context.now:
        return None
    facts = [write_indicator(value, language), verdict_of(value, language=language)]
    ends_on = survey.ends_at().astimezone(context.zone).date()
    return {**_of_survey(survey, language), "facts": facts, "on": format_date(ends_on, language)}


def _ended(session: Session, mail: StaffMail, context: Context, language: str) -> Values | None:
    survey = _find_survey(session, mail)
    if survey is None:
        return None
    facts = [f"RR1: {write_share(measure_survey(session, survey), language)}"]
    value = measure_indicator(session, survey, now=context.now, zone=context.zone)
    if value is not None:
        facts += [write_indicator(value, language), verdict_of(value, language=language)]
    return {**_of_survey(survey, language), "facts": facts}


def _failing(session: Session, mail: StaffMail, _context: Context, language: str) -> Values | None:
    mailing = session.get(Mailing, mail.params["mailing_id"])
    failed, settled = count_failed(session, mail.params["mailing_id"])
    if mailing is None or not is_failing(failed, settled):
        return None
    path = f"/outbox/mailings/{mailing.id}/{Group.FAILED}"
    share = write_share(Rate(failed, settled), language)
    return {**_of_mailing(mailing, language), "path": path, "facts": [share]}


def _held(session: Session, mail: StaffMail, context: Context, language: str) -> Values | None:
    mailing = session.get(Mailing, mail.params["mailing_id"])
    if mailing is None or mailing.state != MailingState.HELD:
        return None
    due = format_instant(mailing.due_at, language, context.zone)
    return {**_of_mailing(mailing, language), "path": "/outbox", "due": due}


def _paused(session: Session, mail: StaffMail, context: Context, language: str) -> Values | None:
    mailing = session.get(Mailing, mail.params["mailing_id"])
    if mailing is None or mailing.paused_at is None:
        return None
    reason, reply = read_reason(mailing.paused_reason or "")
    since = format_instant(mailing.paused_at, language, context.zone)
    facts = [
        fact for fact in (translate(language, MAILING_WORDS.get(reason, reason)), reply) if fact
    ]
    return {**_of_mailing(mailing, language), "path": "/outbox", "since": since, "facts": facts}


def _stopped(session: Session, _mail: StaffMail, context: Context, language: str) -> Values | None:
    brake = find_brake(session)
    if brake is None:
        return None
    reason = BRAKE_WORDS.get(brake.reason)
    facts = [translate(language, reason) if reason else brake.reason, brake.reply]
    since = format_instant(brake.paused_at, language, context.zone)
    return {"path": "/outbox", "since": since, "facts": [fact for fact in facts if fact]}


def _key_ends(session: Session, mail: StaffMail, context: Context, language: str) -> Values | None:
    ending = {key.public_id: key for key in list_ending(session, now=context.now)}
    key = ending.get(mail.params["public_id"])
    if key is None or get_member(session, mail).role != Role.ADMIN:
        return None
    used = translate(language, N_("Never used"))
    if key.last_used_on is not None:
        day = format_date(key.last_used_on, language, pattern="d MMMM y")
        used = translate(language, N_("Last used on %(day)s"), day=day)
    return {
        "path": f"/api-keys/{key.public_id}",
        "title": key.name,
        "at": format_instant(key.expires_at, language, context.zone),
        "facts": [used],
    }


def _find_survey(session: Session, mail: StaffMail) -> Survey | None:
    return session.scalar(select(Survey).where(Survey.code == mail.params["survey"]))


def _of_survey(survey: Survey, language: str) -> Values:
    title = pick_text(survey.versions[-1].definition["title"], language)
    return {"path": f"/surveys/{survey.code}", "title": title}


def _of_mailing(mailing: Mailing, language: str) -> Values:
    kind = translate(language, KIND_WORDS[mailing.kind])
    number = format_integer(mailing.position, language)
    return {**_of_survey(mailing.survey, language), "mailing": f"{number}. {kind}"}


_FINDERS: Mapping[Occasion, Finder] = {
    Occasion.BEHIND: _behind,
    Occasion.FAILING: _failing,
    Occasion.STOPPED: _stopped,
    Occasion.HELD: _held,
    Occasion.PAUSED: _paused,
    Occasion.ENDED: _ended,
    Occasion.KEY_ENDS: _key_ends,
}
