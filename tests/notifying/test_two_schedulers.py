"""Two schedulers that find the same occasion in the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import StaffMail
from surveys.jobs.table import get_job, run_job
from tests.notifying.members import make_staff
from tests.notifying.test_alerts import make_measured

PROCESSES = 4


def test_reader_is_told_once_however_many_schedulers_run(app: Flask, session: Session) -> None:
    make_staff(session)
    make_measured(session)
    session.commit()
    together = Barrier(PROCESSES)

    def tick(_number: int) -> int:
        together.wait()
        return run_job(app, get_job("tell-staff"))["digests"]

    with ThreadPoolExecutor(PROCESSES) as pool:
        counts = list(pool.map(tick, range(PROCESSES)))

    assert sum(counts) == 1
    assert len(session.scalars(select(StaffMail)).all()) == 1
