"""Returned mails in a real IMAP mailbox (Dovecot): read once, filed, and never lost in between."""

import imaplib
import itertools
import shutil
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import create_app
from models import MailReport
from surveys.extensions import Toolbox, db
from surveys.jobs import returns
from surveys.jobs.mailbox import MailboxAway, open_mailbox, read_mailbox_address
from surveys.jobs.returns import LONGEST_PASS_S, Taken, read_bounces, read_imap
from tests import imap_server
from tests.bounces.sending import CORPUS, make_sent, named
from tests.conftest import SettableClock, make_settings, server_folder, skip_or_fail
from tests.imap_server import PASSWORD, ImapServer

USER = "geri"
STRANGE = b"Subject: Merhaba\n\nBu adrese yazabilir miyim?\n"


@pytest.fixture(scope="module")
def server() -> Iterator[ImapServer]:
    if imap_server.find_dovecot() is None:
        skip_or_fail("Dovecot is missing: install the package dovecot-imapd")
    with server_folder() as folder, imap_server.running_server(folder) as running:
        yield running


@pytest.fixture
def server_of_test(server: ImapServer) -> ImapServer:
    """The server with an empty mailbox."""
    shutil.rmtree(server.mails / USER, ignore_errors=True)
    return server


@contextmanager
def reading(database_url: str, **over: str) -> Iterator[Flask]:
    """An application whose settings name the mailbox."""
    settings = make_settings(
        database_url,
        BOUNCE_IMAP_HOST="127.0.0.1",
        BOUNCE_IMAP_USERNAME=USER,
        BOUNCE_IMAP_PASSWORD=over.pop("password", PASSWORD),
        **over,
    )
    box = Toolbox(settings=settings, keys=settings.keys(), clock=SettableClock())
    app = create_app(toolbox=box)
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def places(server: ImapServer, **over: str) -> dict[str, str]:
    """The variables that lead to the server."""
    values = {"BOUNCE_IMAP_PORT": str(server.port), "BOUNCE_IMAP_CA_FILE": str(server.ca_file)}
    return {**values, **over}


def count_in(server: ImapServer, folder: str) -> int:
    """How many mails stand in a folder, those marked as deleted included."""
    context = ssl.create_default_context(cafile=str(server.ca_file))
    with imaplib.IMAP4_SSL("127.0.0.1", server.port, ssl_context=context) as client:
        client.authenticate("PLAIN", lambda _: f"\0{USER}\0{PASSWORD}".encode())
        status, found = client.select(folder, readonly=True)
        return int(found[0] or b"0") if status == "OK" else 0


def bounce(app: Flask, session: Session) -> bytes:
    """What Postfix wrote about a mail of ours, committed as sent."""
    message = make_sent(session)
    session.commit()
    key = app.extensions["donut"].keys.hash[0]
    text = (CORPUS / "made-by-postfix-unknown-user.eml").read_text(encoding="utf-8")
    return text.replace("@MESSAGE_ID@", named(message, key)).encode()


def test_mails_are_taken_in_and_filed_by_whether_they_were_understood(
    server_of_test: ImapServer, session: Session, database_url: str
) -> None:
    with reading(database_url, **places(server_of_test)) as app:
        server_of_test.deliver(USER, bounce(app, session))
        server_of_test.deliver(USER, STRANGE)

        first, second = read_bounces(), read_bounces()

    assert (first["read"], first["suppressed"], first["kept"]) == (2, 1, 1)
    assert second["read"] == 0
    folders = ("INBOX", "Processed", "Unrecognised")
    assert [count_in(server_of_test, folder) for folder in folders] == [0, 1, 1]
    keys = session.scalars(select(MailReport.source_key)).all()
    assert all(key and key.startswith(f"imap:127.0.0.1/{USER}/INBOX/") for key in keys)


def test_mail_that_cannot_be_filed_stays_and_holds_up_no_other(
    server_of_test: ImapServer, session: Session, database_url: str
) -> None:
    with reading(database_url, **places(server_of_test)) as app:
        server_of_test.deliver(USER, STRANGE)
        server_of_test.deliver(USER, bounce(app, session))
        (server_of_test.mails / USER / "Unrecognised").write_text("no folder")

        result = read_bounces()

    assert (result["kept"], result["suppressed"], result["unfiled"]) == (1, 1, 1)
    assert "away" not in result
    assert [count_in(server_of_test, folder) for folder in ("INBOX", "Processed")] == [1, 1]


def test_pass_that_takes_long_ends_and_the_next_one_goes_on(
    server_of_test: ImapServer,
    session: Session,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with reading(database_url, **places(server_of_test)) as app:
        for number in range(3):
            server_of_test.deliver(USER, STRANGE + str(number).encode())
        ticks = itertools.count(step=LONGEST_PASS_S * 0.6)
        clock = app.extensions["donut"].clock
        monkeypatch.setattr(clock, "monotonic", lambda: next(ticks))

        passes = [read_bounces()["kept"] for _ in range(2)]

    assert passes == [2, 1]
    assert session.scalar(select(func.count()).select_from(MailReport)) == 3


def test_mails_that_cannot_be_filed_hide_none_for_good(
    server_of_test: ImapServer,
    session: Session,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(returns, "MOST_A_PASS", 1)
    with reading(database_url, **places(server_of_test)) as app:
        server_of_test.deliver(USER, STRANGE)
        (server_of_test.mails / USER / "Unrecognised").write_text("no folder")
        server_of_test.deliver(USER, bounce(app, session))

        passes = [read_bounces()["suppressed"] for _ in range(40)]

    assert sum(passes) == 1


def test_mail_that_was_taken_in_before_a_crash_is_filed_and_not_taken_in_again(
    server_of_test: ImapServer,
    session: Session,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with reading(database_url, **places(server_of_test)) as app:
        server_of_test.deliver(USER, STRANGE)
        address = read_mailbox_address(app.extensions["donut"].settings)
        assert address is not None
        with open_mailbox(address) as box:
            monkeypatch.setattr(box, "file", _crash)
            with pytest.raises(KeyboardInterrupt):
                read_imap(box, Taken())
        assert count_in(server_of_test, "INBOX") == 1

        result = read_bounces()

    assert (result["known"], result["kept"]) == (1, 0)
    assert (count_in(server_of_test, "INBOX"), count_in(server_of_test, "Unrecognised")) == (0, 1)
    assert session.scalar(select(func.count()).select_from(MailReport)) == 1


def test_mail_stays_in_the_mailbox_while_the_database_is_away(
    server_of_test: ImapServer, session: Session, database_url: str
) -> None:
    server_of_test.deliver(USER, STRANGE)
    session.connection().exec_driver_sql("ALTER TABLE mail_report RENAME TO elsewhere")
    session.commit()

    with reading(database_url, **places(server_of_test)) as app:
        result = app.test_cli_runner().invoke(args=["bounce", "read", "--imap", "--json"])

    assert (result.exit_code, "database_unusable" in result.stdout) == (1, True)
    assert count_in(server_of_test, "INBOX") == 1


def test_mailbox_is_read_over_starttls(
    server_of_test: ImapServer,
    session: Session,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("surveys.jobs.mailbox.STARTTLS_PORT", server_of_test.plain_port)
    over = places(server_of_test, BOUNCE_IMAP_PORT=str(server_of_test.plain_port))
    server_of_test.deliver(USER, STRANGE)

    with reading(database_url, **over):
        result = read_bounces()

    assert result["kept"] == 1
    assert session.scalar(select(func.count()).select_from(MailReport)) == 1


@pytest.mark.usefixtures("session")
def test_server_that_nobody_vouches_for_gets_no_password(
    server_of_test: ImapServer, database_url: str
) -> None:
    with reading(database_url, BOUNCE_IMAP_PORT=str(server_of_test.port)) as app:
        address = read_mailbox_address(app.extensions["donut"].settings)
        assert address is not None
        with pytest.raises(MailboxAway) as away, open_mailbox(address):
            pass

    assert "SSLCertVerificationError" in str(away.value.params["fault"])


@pytest.mark.usefixtures("session")
def test_wrong_password_is_told_and_the_scheduler_goes_on(
    server_of_test: ImapServer, database_url: str
) -> None:
    with reading(database_url, **places(server_of_test), password="falsch-falsch") as app:
        told = app.test_cli_runner().invoke(args=["bounce", "read", "--imap", "--json"])
        result = read_bounces()

    assert (told.exit_code, "bounce_mailbox_away" in told.stdout) == (1, True)
    assert result["away"] == 1


def _crash(_uid: str, *, is_understood: bool) -> None:
    raise KeyboardInterrupt(is_understood)
