"""`flask outbox status|resolve|pause|resume`: what is in the outbox, and what staff decide."""

from dataclasses import asdict
from datetime import datetime

import click
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Mailing
from surveys import audit
from surveys.building.finding import get_survey
from surveys.cli.outbox_words import number, tell_status
from surveys.cli.output import Result, emit, json_option, refusals, say
from surveys.delivery.brakes import pause_sending, resume_mailing, resume_sending
from surveys.delivery.house import read_house
from surveys.delivery.links import message_id
from surveys.delivery.reasons import STAFF
from surveys.delivery.resolving import Decision, of_survey, resolve_unknown
from surveys.delivery.speed import Speed, measure_speed
from surveys.delivery.status import Doubt, MailingStatus, OutboxStatus, read_status
from surveys.errors import N_, DonutError
from surveys.extensions import reader, toolbox, transaction
from surveys.inviting.rules import read_pace


class MailingUnknown(DonutError):
    """A survey has no mailing at that place of its plan."""

    code = "mailing_unknown"
    status = 404
    message = N_("The survey %(code)s has no mailing number %(position)s.")


@click.group(cls=AppGroup)
def outbox() -> None:
    """Look at the outbox, decide on doubtful mails, stop and start all sending."""


@outbox.command("status")
@click.argument("code", required=False)
@json_option
def status_command(code: str | None, *, as_json: bool) -> None:
    """Count the mails by state, for one survey or all, and name what needs a decision."""
    with refusals(as_json=as_json):
        session = reader()
        if code:
            get_survey(session, code=code)
        now = toolbox().clock.now()
        status = read_status(session, survey_code=code, now=now)
        speed = None if code else _measure(session, status, now)
    message_ids = _message_ids(status)
    result = _result(status, message_ids) | {"speed": speed and asdict(speed)}
    emit(result, tell_status(status, message_ids, speed=speed, now=now), as_json=as_json)


@outbox.command("resolve")
@click.argument("code")
@click.option("--resend", is_flag=True, help="Send them again.")
@click.option("--assume-sent", is_flag=True, help="Count them as sent.")
@json_option
def resolve_command(code: str, *, resend: bool, assume_sent: bool, as_json: bool) -> None:
    """Decide on the mails of a survey whose outcome is unknown."""
    if resend == assume_sent:
        raise click.UsageError(say(N_("Say either --resend or --assume-sent.")))
    chosen = Decision.RESEND if resend else Decision.ASSUME_SENT
    now = toolbox().clock.now()
    with refusals(as_json=as_json), transaction() as session:
        survey = get_survey(session, code=code)
        count = resolve_unknown(session, which=of_survey(survey.id), decision=chosen, now=now)
        audit.record(
            session,
            actor="cli",
            action="outbox.resolve",
            subject=f"survey:{code}",
            now=now,
            decision=chosen.value,
            count=count,
        )
    resent = N_("%(count)s mails will be sent again: flask send --once, or by the scheduler.")
    assumed = N_("%(count)s mails count as sent.")
    words = say(resent if chosen is Decision.RESEND else assumed, count=number(count))
    emit({"code": code, "decision": chosen.value, "count": count}, [words], as_json=as_json)


@outbox.command("pause")
@json_option
def pause_command(*, as_json: bool) -> None:
    """Stop all sending, of every survey, before the next mail."""
    now = toolbox().clock.now()
    with refusals(as_json=as_json), transaction() as session:
        changed = pause_sending(session, reason=STAFF, now=now)
        _record_brake(session, "outbox.pause", changed=changed)
    done, before = N_("Sending is paused."), N_("Sending was paused already.")
    emit({"paused": True, "changed": changed}, [say(done if changed else before)], as_json=as_json)


@outbox.command("resume")
@click.option(
    "--mailing",
    type=(str, int),
    metavar="CODE POSITION",
    help="Only this mailing of a survey, which was paused by itself.",
)
@json_option
def resume_command(mailing: tuple[str, int] | None, *, as_json: bool) -> None:
    """Let sending go on."""
    if mailing is not None:
        _resume_mailing(*mailing, as_json=as_json)
        return
    with refusals(as_json=as_json), transaction() as session:
        changed = resume_sending(session)
        _record_brake(session, "outbox.resume", changed=changed)
    done, before = N_("Sending goes on."), N_("Sending was not paused.")
    emit({"paused": False, "changed": changed}, [say(done if changed else before)], as_json=as_json)


def _resume_mailing(code: str, position: int, *, as_json: bool) -> None:
    with refusals(as_json=as_json), transaction() as session:
        survey = get_survey(session, code=code)
        wanted = select(Mailing.id).where(
            Mailing.survey_id == survey.id, Mailing.position == position
        )
        mailing_id = session.scalar(wanted)
        if mailing_id is None:
            raise MailingUnknown(code=code, position=position)
        changed = resume_mailing(session, mailing_id=mailing_id)
        if changed:
            audit.record(
                session,
                actor="cli",
                action="outbox.resume_mailing",
                subject=f"survey:{code}",
                now=toolbox().clock.now(),
                position=position,
            )
    done, before = N_("The mailing goes on."), N_("The mailing was not paused.")
    result = {"code": code, "position": position, "paused": False, "changed": changed}
    emit(result, [say(done if changed else before)], as_json=as_json)


def _measure(session: Session, status: OutboxStatus, now: datetime) -> Speed:
    settings = toolbox().settings
    pace = read_pace(settings)
    return measure_speed(session, status=status, mail_rate=settings.mail_rate, pace=pace, now=now)


def _record_brake(session: Session, action: str, *, changed: bool) -> None:
    if changed:
        now = toolbox().clock.now()
        audit.record(session, actor="cli", action=action, subject="outbox", now=now)


def _message_ids(status: OutboxStatus) -> dict[int, str]:
    tools = toolbox()
    domain = read_house(tools.settings).mail_domain
    key = tools.keys.hash[0]
    return {doubt.id: message_id(key, row_id=doubt.id, domain=domain) for doubt in status.doubts}


def _result(status: OutboxStatus, message_ids: dict[int, str]) -> Result:
    brake = status.brake
    return {
        "paused": brake and {"at": brake.paused_at, "reason": brake.reason, "reply": brake.reply},
        "counts": status.counts,
        "mailings": [_mailing_result(mailing) for mailing in status.mailings],
        "reasons": [asdict(cause) for cause in status.causes],
        "unknown": [_doubt_result(doubt, message_ids) for doubt in status.doubts],
        "oldest_due_at": status.oldest_due_at,
        "last_tick_at": status.last_beat_at,
    }


def _mailing_result(mailing: MailingStatus) -> Result:
    return {
        "survey": mailing.survey,
        "survey_paused": mailing.is_survey_paused,
        "position": mailing.position,
        "kind": mailing.kind,
        "state": mailing.state,
        "due_at": mailing.due_at,
        "paused_reason": mailing.paused_reason,
        "watched_until": mailing.watched_until,
        "counts": mailing.counts,
    }


def _doubt_result(doubt: Doubt, message_ids: dict[int, str]) -> Result:
    return {
        "survey": doubt.survey,
        "external_id": doubt.external_id,
        "kind": doubt.kind,
        "message_id": message_ids[doubt.id],
        "reason": doubt.reason,
        "sending_at": doubt.sending_at,
    }
