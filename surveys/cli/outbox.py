"""`flask outbox status|resolve|pause|resume`: what is in the outbox, and what staff decide."""

import gzip
from dataclasses import asdict
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Mailing
from surveys import audit
from surveys.building.finding import get_survey
from surveys.cli.outbox_words import measure_waiting, number, tell_status
from surveys.cli.output import Result, emit, json_option, refusals, say
from surveys.delivery.brakes import pause_sending, resume_mailing, resume_sending
from surveys.delivery.house import read_house
from surveys.delivery.mail_log import read_taken
from surveys.delivery.names import MailName, message_id
from surveys.delivery.reasons import STAFF
from surveys.delivery.resolving import (
    Decision,
    of_survey,
    resolve_from_log,
    resolve_unknown,
)
from surveys.delivery.status import Doubt, MailingStatus, OutboxStatus, read_status
from surveys.errors import N_, DonutError
from surveys.extensions import reader, toolbox, transaction


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
        speed = None if code else measure_waiting(session, status, now)
    message_ids = _message_ids(status)
    result = _result(status, message_ids) | {"speed": speed and asdict(speed)}
    emit(result, tell_status(status, message_ids, speed=speed, now=now), as_json=as_json)


@outbox.command("resolve")
@click.argument("code")
@click.option("--resend", is_flag=True, help="Send them again.")
@click.option("--assume-sent", is_flag=True, help="Count them as sent.")
@click.option(
    "--from-log",
    "log_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Count those as sent that this log of the mail server has (Postfix or Exim, also .gz).",
)
@json_option
def resolve_command(
    code: str, *, resend: bool, assume_sent: bool, log_file: Path | None, as_json: bool
) -> None:
    """Decide on the mails of a survey whose outcome is unknown.

    With --from-log and --resend those that the log has not are sent again: only where it is whole.
    """
    if resend + assume_sent + (log_file is not None) == 0 or (resend and assume_sent):
        raise click.UsageError(say(N_("Say --resend, --assume-sent or --from-log.")))
    now, found, count = toolbox().clock.now(), 0, 0
    taken = _read_log(log_file) if log_file else set()
    with refusals(as_json=as_json), transaction() as session:
        which = of_survey(get_survey(session, code=code).id)
        keys = toolbox().keys.hash
        found = resolve_from_log(session, which=which, taken=taken, keys=keys, now=now)
        if found:
            _note_resolved(session, code, Decision.FOUND_IN_LOG, found)
        if resend or assume_sent:
            chosen = Decision.RESEND if resend else Decision.ASSUME_SENT
            count = resolve_unknown(session, which=which, decision=chosen, now=now)
            _note_resolved(session, code, chosen, count)
    lines = [say(N_("%(count)s mails stand in the log: they were sent."), count=number(found))]
    resent = N_("%(count)s mails will be sent again: flask send --once, or by the scheduler.")
    assumed = N_("%(count)s mails count as sent.")
    decided = [say(resent if resend else assumed, count=number(count))]
    words = (lines if log_file else []) + (decided if resend or assume_sent else [])
    decision = Decision.RESEND if resend else Decision.ASSUME_SENT if assume_sent else None
    result: Result = {"code": code, "decision": decision, "count": count}
    emit({**result, "found_in_log": found} if log_file else result, words, as_json=as_json)


def _read_log(path: Path) -> set[MailName]:
    open_file = gzip.open if path.suffix == ".gz" else open
    with open_file(path, "rb") as file:
        lines = (line.decode("utf-8", "replace") for line in file)
        return set(read_taken(lines))


def _note_resolved(session: Session, code: str, decision: Decision, count: int) -> None:
    audit.record(
        session,
        actor="cli",
        action="outbox.resolve",
        subject=f"survey:{code}",
        now=toolbox().clock.now(),
        decision=decision.value,
        count=count,
    )


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


def _record_brake(session: Session, action: str, *, changed: bool) -> None:
    if changed:
        now = toolbox().clock.now()
        audit.record(session, actor="cli", action=action, subject="outbox", now=now)


def _message_ids(status: OutboxStatus) -> dict[int, str]:
    tools = toolbox()
    domain = read_house(tools.settings).mail_domain
    key = tools.keys.hash[0]
    return {
        doubt.id: message_id(key, row_id=doubt.id, public_id=doubt.public_id, domain=domain)
        for doubt in status.doubts
    }


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
        "paused_reply": mailing.paused_reply,
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
