"""`flask scheduler`, `flask job NAME`, `flask send --once`: the clock, one tick, one drain."""

import click
from flask.cli import with_appcontext

from surveys.cli.outbox_words import brake_words, measure_waiting, tell_waiting
from surveys.cli.output import emit, json_option, refusals, refuse, say
from surveys.cli.sending_progress import shown_progress
from surveys.delivery.brakes import find_brake
from surveys.delivery.claiming import count_due
from surveys.delivery.status import read_status
from surveys.errors import N_, DonutError
from surveys.extensions import application, reader, toolbox
from surveys.i18n import format_integer
from surveys.jobs.scheduler import Scheduler
from surveys.jobs.sending import Drained, Terms, drain
from surveys.jobs.signals import stop_on_signals
from surveys.jobs.staff_mail import send_staff_mail
from surveys.jobs.table import get_job, plan_mailings, run_job
from surveys.web.health import is_migrated


class ServerSilent(DonutError):
    """The mail server did not answer for as long as it was waited for."""

    code = "mail_server_silent"
    status = 503
    message = N_(
        "The mail server does not answer. %(count)s mails stay queued; nothing is lost. Check"
        " DONUT_MAIL_SERVER and DONUT_MAIL_PORT with flask doctor, then send again."
    )


class SchemaOutdated(DonutError):
    """The database has not the tables that this version works with."""

    code = "schema_outdated"
    status = 503
    message = N_("The database has not the newest schema. Run flask db upgrade, then start again.")


class SendingPaused(DonutError):
    """The brake is set."""

    code = "sending_paused"
    status = 409
    message = N_(
        "Sending is paused; %(count)s mails wait. %(reason)s To go on: flask outbox resume"
    )


@click.command("scheduler")
@with_appcontext
@json_option
def scheduler(*, as_json: bool) -> None:
    """Run the clock and the sender until SIGTERM."""
    with refusals(as_json=as_json):
        if not is_migrated():
            raise SchemaOutdated
    reader().rollback()
    with stop_on_signals() as stop:
        Scheduler(application(), stop=stop).run()
    emit({"stopped": True}, [say(N_("The scheduler has stopped."))], as_json=as_json)


@click.command("job")
@with_appcontext
@click.argument("name")
@json_option
def job(name: str, *, as_json: bool) -> None:
    """Run one pass of a job; an unknown name lists them."""
    with refusals(as_json=as_json):
        result = run_job(application(), get_job(name))
    counts = ", ".join(f"{what} {count}" for what, count in result.items())
    emit({"job": name, **result}, [f"{name}: {counts}"], as_json=as_json)


@click.command("send")
@with_appcontext
@click.option("--once", is_flag=True, help="Send what is due now and exit.")
@click.option(
    "--patience",
    "patience_s",
    type=click.FloatRange(min=0),
    default=20.0,
    show_default=True,
    help="Seconds to go on trying when the mail server does not answer.",
)
@json_option
def send(*, once: bool, patience_s: float, as_json: bool) -> None:
    """Send what is due now and exit; flask scheduler sends all the time."""
    if not once:
        raise click.UsageError(say(N_("Say --once. To send all the time: flask scheduler")))
    with refusals(as_json=as_json):
        plan_mailings()
        send_staff_mail()
        total = _count_due()
        with (
            stop_on_signals() as stop,
            shown_progress(total=total, is_quiet=as_json) as show,
        ):
            terms = Terms(patience_s=patience_s, on_change=show)
            drained = drain(application(), stop=stop, terms=terms)
        _refuse_unfinished(drained, as_json=as_json, was_stopped=stop.is_set())
    emit(dict(drained.counts), [_words(drained), *_tell_left()], as_json=as_json)


def _tell_left() -> list[str]:
    """Return what waits for its hour or its receivers' pace, and why; nothing when nothing does."""
    session, now = reader(), toolbox().clock.now()
    session.rollback()
    if not count_due(session, now=now):
        return []
    status = read_status(session, survey_code=None, now=now)
    return list(tell_waiting(measure_waiting(session, status, now), now))


def _refuse_unfinished(drained: Drained, *, as_json: bool, was_stopped: bool) -> None:
    left = _count_due()
    if not left or was_stopped:
        return
    count = _number(left)
    brake = find_brake(reader())
    if brake is not None:
        error: DonutError = SendingPaused(count=count, reason=brake_words(brake))
        refuse(error, [_words(drained)], as_json=as_json, **drained.counts)
    if drained.gave_up:
        refuse(ServerSilent(count=count), [_words(drained)], as_json=as_json, **drained.counts)


def _count_due() -> int:
    session = reader()
    # The drain has written in other sessions: end the view of before.
    session.rollback()
    return count_due(session, now=toolbox().clock.now())


def _words(drained: Drained) -> str:
    message = N_(
        "Sent: %(sent)s, failed: %(failed)s, not needed: %(suppressed)s, unknown: %(unknown)s."
    )
    return say(message, **{state: _number(count) for state, count in drained.counts.items()})


def _number(count: int) -> str:
    return format_integer(count, toolbox().settings.default_language)
