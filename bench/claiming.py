"""Claims among a million queued mails, by 1, 2 and 4 senders; and a tick that finds nothing to do.

Against the naive way of one transaction that counts what is due: `python -m bench.claiming`.
"""

import os
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from flask_migrate import upgrade
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from app import create_app
from bench.databases import fresh_databases
from bench.outbox import BEFORE, running_survey
from models import Alumnus, Invitation, Mailing
from surveys.delivery.claiming import claim_batch, has_due
from surveys.delivery.recovery import recover_expired
from surveys.environment import read_settings
from surveys.extensions import db, toolbox, transaction
from surveys.inviting.due import enqueue_due
from surveys.settings import Settings
from surveys.tokens import new_public_id

PEOPLE = 10_000
MAILINGS = 100
BATCH = 50
CLAIMS_A_WORKER = 100
WORKERS = (1, 2, 4)
TICKS = 20
BEFORE_TEXT = "2020-01-01 00:00:00.000000"


def main() -> None:
    """Measure both engines, where PostgreSQL is there, and print a table."""
    print(f"Claims of {BATCH} among {PEOPLE * MAILINGS:,} queued mails, eligibility read")
    print(f"{'engine':<12} {'what':<34} {'load':>5} {'rows/s':>9} {'ms':>8}")
    for engine, url, folder in fresh_databases():
        _measure(engine, url, folder)


def _measure(engine: str, url: str, folder: Path) -> None:
    app = create_app(_settings(url, folder))
    with app.app_context():
        upgrade()
        _fill()
        db.engine.dispose()
    for count in WORKERS:
        with ProcessPoolExecutor(count) as pool:
            runs = list(pool.map(_claim, [url] * count, [str(folder)] * count, range(count)))
        span = max(run.ended_at for run in runs) - min(run.begun_at for run in runs)
        _print(engine, f"{count} claiming", sum(run.claimed for run in runs) / span, None)
    with app.app_context():
        _print(engine, "count what is due (naive tick)", None, _time_count())
        db.session.execute(text("UPDATE survey SET paused_at = :now"), {"now": BEFORE_TEXT})
        db.session.commit()
        _print(engine, "tick while all of them rest", None, _time_tick())
        db.session.execute(text("UPDATE message SET state = 'sent', sent_at = due_at"))
        db.session.commit()
        _print(engine, "tick with nothing due", None, _time_tick())


@dataclass(frozen=True)
class Run:
    """How many mails one process claimed, from when to when (seconds of the machine's clock)."""

    claimed: int
    begun_at: float
    ended_at: float


def _claim(url: str, folder: str, number: int) -> Run:
    """Claim some batches in a process of its own."""
    app = create_app(_settings(url, Path(folder)))
    claimed = 0
    with app.app_context():
        has_due(db.session(), now=toolbox().clock.now())
        db.session.rollback()
        begun_at = time.monotonic()
        for turn in range(CLAIMS_A_WORKER):
            with transaction() as session:
                batch = claim_batch(
                    session,
                    claimed_by=f"{number}:{turn}:{os.getpid()}",
                    limit=BATCH,
                    keys=toolbox().keys,
                    now=toolbox().clock.now(),
                )
                claimed += len(batch.claims)
    return Run(claimed, begun_at, time.monotonic())


def _time_count() -> float:
    start = time.perf_counter()
    db.session.execute(text("SELECT count(*) FROM message WHERE state = 'queued'")).one()
    db.session.rollback()
    return time.perf_counter() - start


def _time_tick() -> float:
    """Return the seconds of one tick: what is due, what is left behind, is there anything."""
    start = time.perf_counter()
    for _ in range(TICKS):
        now = toolbox().clock.now()
        with transaction() as session:
            enqueue_due(session, now=now)
        with transaction() as session:
            recover_expired(session)
        has_due(db.session(), now=now)
        db.session.rollback()
    return (time.perf_counter() - start) / TICKS


def _print(engine: str, what: str, rate: float | None, seconds: float | None) -> None:
    rows = "" if rate is None else f"{rate:,.0f}"
    spent = "" if seconds is None else f"{seconds * 1000:,.1f}"
    print(f"{engine:<12} {what:<34} {os.getloadavg()[0]:>5.1f} {rows:>9} {spent:>8}", flush=True)


def _settings(url: str, folder: Path) -> Settings:
    return read_settings(
        {
            "DONUT_DATABASE_URL": url,
            "DONUT_SECRET_KEY": "only for this benchmark, on no server",
            "DONUT_BASE_URL": "http://127.0.0.1:8000",
            "DONUT_STATE_FOLDER": str(folder),
            "DONUT_LOG_LEVEL": "ERROR",
        }
    )


def _fill() -> None:
    """Queue a mail of every mailing to every person."""
    with Session(db.engine) as session:
        survey, version = running_survey()
        session.add_all([survey, version])
        session.flush()
        people = [
            {
                "external_id": str(number),
                "given_name": "Ayşe",
                "email": f"ayse{number}@example.com",
                "registered_at": BEFORE,
                "updated_at": BEFORE,
            }
            for number in range(1, PEOPLE + 1)
        ]
        session.execute(insert(Alumnus), people)
        session.execute(
            insert(Invitation),
            [
                {
                    "survey_id": survey.id,
                    "survey_version_id": version.id,
                    "alumnus_id": number,
                    "public_id": new_public_id(),
                    "created_at": BEFORE,
                }
                for number in range(1, PEOPLE + 1)
            ],
        )
        session.add_all(
            Mailing(
                survey_id=survey.id,
                position=position,
                kind="invitation",
                local_at="2020-01-01T00:00",
                timezone="Europe/Istanbul",
                due_at=BEFORE,
                late_after_s=2_000_000_000,
                subject={"tr": "Anket"},
                state="enqueued",
            )
            for position in range(1, MAILINGS + 1)
        )
        session.flush()
        session.execute(
            text(
                "INSERT INTO message"
                " (mailing_id, invitation_id, state, due_at, expires_at, fence, attempt_count)"
                " SELECT m.id, i.id, 'queued', m.due_at, :never, 0, 0 FROM mailing m, invitation i"
            ),
            {"never": "2100-01-01 00:00:00.000000"},
        )
        session.commit()
        session.execute(text("ANALYZE"))
        session.commit()


if __name__ == "__main__":
    main()
