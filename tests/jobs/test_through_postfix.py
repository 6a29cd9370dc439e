"""A mailing through a real Postfix: what it delivers, and what it returns, is what we then know."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Invitation, MailReport, Message, Suppression
from surveys.rates.dispositions import count_dispositions
from surveys.settings import Settings
from tests import postfix_server
from tests.conftest import server_folder, skip_or_fail
from tests.factories import make_alumnus, make_invitation, make_mailing, make_survey
from tests.postfix_server import PostfixServer


@pytest.fixture
def server() -> Iterator[PostfixServer]:
    if not postfix_server.is_runnable():
        skip_or_fail("Postfix is missing or we are not root: install the package postfix")
    with server_folder() as folder, postfix_server.running_server(folder) as running:
        yield running


@pytest.fixture
def settings(settings: Settings, server: PostfixServer) -> Settings:
    return replace(
        settings,
        mail_server="127.0.0.1",
        mail_port=server.port,
        mail_bounce_address="b+*@bounce.example.edu.tr",
    )


def test_mailing_goes_through_postfix_and_its_returns_come_back(
    app: Flask, session: Session, server: PostfixServer
) -> None:
    survey = make_survey(session)
    # Eight of forty have no mailbox: many, and not yet so many that the fault must be ours.
    for number in range(40):
        name = "known" if number % 5 else "unknown"
        person = make_alumnus(session, email=f"{name}{number}@example.com")
        make_invitation(session, survey=survey, alumnus=person)
    make_mailing(session, survey=survey)
    session.commit()
    runner = app.test_cli_runner()

    sent = runner.invoke(args=["send", "--once", "--json"])
    server.wait_for(server.known, 32)
    server.wait_for(server.returned, 8)
    read = runner.invoke(args=["bounce", "read", "--maildir", str(server.returned), "--json"])

    assert json.loads(sent.stdout)["sent"] == 40
    counts = json.loads(read.stdout)
    assert (counts["read"], counts["suppressed"]) == (8, 8)
    bounced = session.scalars(
        select(Message.invitation_id).where(Message.bounced_at.is_not(None))
    ).all()
    states = session.scalars(
        select(Invitation.mail_state).where(Invitation.id.in_(bounced)).distinct()
    ).all()
    assert (len(bounced), states) == (8, ["returned"])
    assert set(session.scalars(select(MailReport.matched_by))) == {"verp"}
    assert set(session.scalars(select(MailReport.status))) == {"5.1.1"}
    assert session.scalar(select(func.count()).select_from(Suppression)) == 8
    counted = count_dispositions(session, survey_id=survey.id)
    assert (counted["3.30"], counted["3.19"]) == (8, 32)
