"""The table of jobs: what runs how often.

Each finds its work in the database, so that a tick that was missed, repeated, or run elsewhere at
the same moment does no harm.
"""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event

import structlog
from flask import Flask
from sqlalchemy.dialects import postgresql, sqlite

from models import Beat
from surveys.api_keys.repeats import drop_old
from surveys.database import database_time
from surveys.delivery.house import read_house, read_signer_of
from surveys.delivery.sender_domain import JOB as LOOK_AT_DOMAIN
from surveys.delivery.sender_domain import look_up_records, to_result
from surveys.errors import N_, DonutError
from surveys.extensions import toolbox, transaction
from surveys.inviting.due import enqueue_due
from surveys.inviting.lifecycle import close_ended
from surveys.jobs.claimer import name_process, this_claimer
from surveys.jobs.importing import drop_uploads, import_rosters
from surveys.jobs.locking import SenderBusy, sole_sender
from surveys.jobs.returns import drop_returns, read_bounces
from surveys.jobs.sending import lock_restored_database, recover
from surveys.jobs.staff_mail import send_staff_mail
from surveys.jobs.webhooks import deliver_webhooks, drop_webhook_log, tell_systems
from surveys.notifying.alerts import queue_alerts
from surveys.notifying.digests import queue_digests

Result = dict[str, int]

INSERT: dict[str, Callable[[type[Beat]], sqlite.Insert | postgresql.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}

log = structlog.get_logger()


@dataclass(frozen=True)
class Job:
    """One job: `run` does one pass inside an application context and tells what it did.

    `is_stamped`: whether each pass leaves its time in the database, for doctor and readiness.
    """

    name: str
    every_s: float
    run: Callable[[], Result]
    is_stamped: bool = True


class JobUnknown(DonutError):
    """There is no job of that name."""

    code = "job_unknown"
    status = 404
    message = N_("There is no job %(name)s. The jobs: %(names)s")


def plan_mailings() -> Result:
    """Put what is due into the outbox, unless a backup that was put back has forgotten that."""
    lock_restored_database()
    with transaction() as session:
        tools = toolbox()
        domain = read_house(tools.settings).mail_domain
        done = enqueue_due(session, now=tools.clock.now(), sender_domain=domain)
    return {
        "mailings": done.mailing_count,
        "messages": done.message_count,
        "held": done.held_count,
    }


def recover_claims() -> Result:
    """Take back what dead senders held."""
    at_once = Event()
    at_once.set()
    try:
        with sole_sender(toolbox().settings.database_url, stop=at_once) as is_sole:
            recovered = recover(this_claimer(), is_sole=is_sole)
    except SenderBusy:
        recovered = recover(this_claimer(), is_sole=False)
    return {"queued": recovered.queued_count, "unknown": recovered.unknown_count}


def close_surveys() -> Result:
    """Tidy up after the surveys that have ended."""
    with transaction() as session:
        return {"ended": close_ended(session, now=toolbox().clock.now())}


def tell_staff() -> Result:
    """Queue what staff are to be told: warnings at once, the morning's summary."""
    tools = toolbox()
    now, zone = tools.clock.now(), tools.settings.zone
    with transaction() as session:
        alerts = queue_alerts(session, now=now, zone=zone)
        return {"alerts": alerts, "digests": queue_digests(session, now=now, zone=zone)}


def look_at_domain() -> Result:
    """Look up whether our sender's domain is vouched for, for those who launch a survey."""
    settings = toolbox().settings
    records = look_up_records(
        settings.mail_default_sender,
        signer=read_signer_of(settings),
        bounces_to=settings.mail_bounce_address,
    )
    return to_result(records)


def drop_repeatable() -> Result:
    """Forget the requests of other systems that may no longer be sent again as the same."""
    with transaction() as session:
        return {"dropped": drop_old(session, now=toolbox().clock.now())}


JOBS = (
    Job("plan-mailings", 15, plan_mailings),
    Job("recover-claims", 30, recover_claims),
    Job("close-surveys", 60, close_surveys),
    Job("read-bounces", 60, read_bounces),
    Job("tell-staff", 300, tell_staff),
    Job("drop-uploads", 3_600, drop_uploads),
    Job("drop-webhook-log", 3_600, drop_webhook_log),
    Job("drop-repeatable", 3_600, drop_repeatable),
    Job("drop-returns", 3_600, drop_returns),
    Job(LOOK_AT_DOMAIN, 3_600, look_at_domain),
    # Not stamped: a write every few seconds would wake the disk for nothing.
    Job("tell-systems", 10, tell_systems, is_stamped=False),
    Job("deliver-webhooks", 2, deliver_webhooks, is_stamped=False),
    Job("send-staff-mail", 3, send_staff_mail, is_stamped=False),
    Job("import-rosters", 2, import_rosters, is_stamped=False),
)


def get_job(name: str) -> Job:
    """Return the job called `name`. Raises JobUnknown."""
    for job in JOBS:
        if job.name == name:
            return job
    raise JobUnknown(name=name, names=", ".join(job.name for job in JOBS))


def run_job(app: Flask, job: Job) -> Result:
    """Run one pass of `job` in a context of its own and stamp its beat, also when it fails."""
    with app.app_context():
        result: Result = {}
        try:
            result = job.run()
        finally:
            if job.is_stamped:
                _stamp(job.name, result)
    if any(result.values()):
        log.info("job_done", job=job.name, **result)
    return result


def _stamp(name: str, result: Result) -> None:
    values = {
        "at": database_time(0),
        "by": name_process(),
        "result": result,
    }
    with transaction() as session:
        insert = INSERT[session.connection().dialect.name](Beat)
        stamp = insert.on_conflict_do_update(index_elements=[Beat.name], set_=values)
        session.execute(stamp.values(name=name, **values))
