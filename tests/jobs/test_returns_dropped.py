"""Returned mails are kept while somebody may need them, and no longer."""

from datetime import timedelta

from flask import Flask
from sqlalchemy.orm import Session

from models import MailReport
from surveys.bounces.forgetting import KEPT_FOR
from surveys.jobs.table import get_job, run_job
from tests.bounces.sending import take
from tests.conftest import NOW


def test_mail_that_came_back_long_ago_is_dropped_and_its_row_stays(
    app: Flask, session: Session
) -> None:
    old = NOW - KEPT_FOR - timedelta(hours=1)
    take(session, b"Subject: Re: anket\n\nEski", now=old)
    take(session, b"Subject: Re: anket\n\nYeni", now=NOW - timedelta(days=1))
    session.commit()

    run_job(app, get_job("drop-returns"))

    session.rollback()
    raw = [report.raw for report in session.query(MailReport).order_by(MailReport.id)]
    assert raw == [None, b"Subject: Re: anket\n\nYeni"]
