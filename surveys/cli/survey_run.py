"""`flask survey check|launch|pause|resume|close CODE`: from a draft to its end."""

from datetime import datetime
from typing import Any, Protocol

import click
from sqlalchemy.orm import Session

from models import Survey
from surveys import audit
from surveys.building.finding import get_survey
from surveys.cli import survey_words
from surveys.cli.output import confirm_on_terminal, emit, json_option, refusals, refuse, say
from surveys.cli.survey import survey
from surveys.errors import N_
from surveys.extensions import reader, toolbox, transaction
from surveys.inviting import lifecycle
from surveys.inviting.checking import Check, check
from surveys.inviting.held import release_held
from surveys.inviting.launch import AudienceCountDiffers, Expected, Launch, LaunchBlocked, launch


class Change(Protocol):
    """One of the ways to change a launched survey."""

    def __call__(self, session: Session, *, survey: Survey, now: datetime) -> None:
        """Change it, or raise a refusal."""


@survey.command("check")
@click.argument("code")
@json_option
def check_command(code: str, *, as_json: bool) -> None:
    """Tell who would be mailed when, who not and why, and what blocks the launch."""
    tools = toolbox()
    with refusals(as_json=as_json):
        session = reader()
        found = get_survey(session, code=code)
        checked = check(session, survey=found, keys=tools.keys, now=tools.clock.now())
    emit(_check_result(checked), survey_words.tell_check(checked), as_json=as_json)


@survey.command("launch")
@click.argument("code")
@click.option(
    "--now", "due_now", is_flag=True, help="Move the plan so that the invitation is due at once."
)
@click.option(
    "--expect",
    "expected_count",
    type=click.IntRange(min=0),
    help="Refuse when the audience has another number of people.",
)
@json_option
def launch_command(code: str, *, due_now: bool, expected_count: int | None, as_json: bool) -> None:
    """Freeze the survey, invite its audience and schedule its mailings."""
    with refusals(as_json=as_json):
        try:
            launched = _launch(code, due_now=due_now, expected_count=expected_count)
        except AudienceCountDiffers as error:
            shown = survey_words.with_numbers(error.params)
            refuse(AudienceCountDiffers(**shown), as_json=as_json)
        except LaunchBlocked as blocked:
            refuse(
                blocked,
                survey_words.tell_blocking(blocked.check),
                as_json=as_json,
                obstacles=survey_words.list_blocking(blocked.check),
            )
    emit(_launch_result(launched), survey_words.tell_launch(launched), as_json=as_json)


@survey.command("pause")
@click.argument("code")
@json_option
def pause_command(code: str, *, as_json: bool) -> None:
    """Stop the mails of a survey until it is resumed; answers are still taken."""
    done = N_("%(survey)s is paused: no mail goes out. Answers are still taken.")
    _change(code, lifecycle.pause, "survey.pause", done, as_json=as_json)


@survey.command("resume")
@click.argument("code")
@json_option
def resume_command(code: str, *, as_json: bool) -> None:
    """Let the mails of a paused survey go on."""
    done = N_("%(survey)s goes on; what is due is sent.")
    _change(code, lifecycle.resume, "survey.resume", done, as_json=as_json)


@survey.command("close")
@click.argument("code")
@json_option
def close_command(code: str, *, as_json: bool) -> None:
    """End a survey before its closing time: no more mail, no more answers."""
    confirm_on_terminal(
        N_("%(survey)s will be closed and can't be opened again. Go on?"),
        survey=code,
        as_json=as_json,
    )
    done = N_("%(survey)s is closed: no more mail goes out and no more answers are taken.")
    _change(code, lifecycle.close, "survey.close", done, as_json=as_json)


@survey.command("send-held")
@click.argument("code")
@json_option
def send_held_command(code: str, *, as_json: bool) -> None:
    """Send the first mailing that is held because it was due too long ago."""
    now = toolbox().clock.now()
    with refusals(as_json=as_json), transaction() as session:
        held = release_held(session, survey=get_survey(session, code=code), now=now)
        kind = held.kind
        _record(session, "survey.send_held", code, now, kind=kind, position=held.position)
    done = say(
        "%(survey)s: the %(kind)s is due now.", survey=code, kind=survey_words.kind_word(kind)
    )
    emit({"code": code, "kind": kind, "due_at": now}, [done], as_json=as_json)


def _change(code: str, change: Change, action: str, done: str, *, as_json: bool) -> None:
    now = toolbox().clock.now()
    with refusals(as_json=as_json), transaction() as session:
        found = get_survey(session, code=code)
        change(session, survey=found, now=now)
        _record(session, action, code, now)
        session.flush()
        state = found.state_at(now)
    emit({"code": code, "state": state}, [say(done, survey=code)], as_json=as_json)


def _record(session: Session, action: str, code: str, now: datetime, **details: object) -> None:
    audit.record(session, actor="cli", action=action, subject=f"survey:{code}", now=now, **details)


def _launch(code: str, *, due_now: bool, expected_count: int | None) -> Launch:
    tools = toolbox()
    now = tools.clock.now()
    with transaction() as session:
        launched = launch(
            session,
            survey=get_survey(session, code=code),
            keys=tools.keys,
            now=now,
            due_now=due_now,
            expected=Expected(cases=expected_count),
        )
        _record(session, "survey.launch", code, now, **_details(launched, due_now=due_now))
    return launched


def _details(launched: Launch, *, due_now: bool) -> dict[str, object]:
    return {
        "invitations": launched.invitation_count,
        "due_now": due_now,
        "warnings": sorted({warning.code for warning in launched.check.warnings}),
    }


def _launch_result(launched: Launch) -> dict[str, Any]:
    return {
        "code": launched.check.survey,
        "invitations": launched.invitation_count,
        "mailings": [{"kind": m.kind, "due_at": m.due_at} for m in launched.mailings],
    }


def _check_result(checked: Check) -> dict[str, Any]:
    return {
        "code": checked.survey,
        "audience": checked.audience_count,
        "mailable": checked.mailable_count,
        "excluded": [
            {"reason": reason, "count": tally.count, "examples": tally.examples}
            for reason, tally in checked.excluded.items()
        ],
        "mailings": [
            {
                "kind": forecast.planned.kind,
                "local_at": forecast.planned.local,
                "timezone": checked.timezone,
                "due_at": forecast.planned.due_at,
                "recipients": forecast.recipient_count,
            }
            for forecast in checked.mailings
        ],
        "warnings": survey_words.list_notes(checked.warnings, checked.timezone),
        "obstacles": survey_words.list_blocking(checked),
    }
