"""The demo's mailbox takes mail over real SMTP and shows it without letting it do anything."""

import smtplib
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from demo.mailbox import Mailbox, create_viewer, start_smtp


@pytest.fixture
def mailbox(tmp_path: Path) -> Mailbox:
    return Mailbox(tmp_path / "mail")


@pytest.fixture
def viewer(mailbox: Mailbox) -> FlaskClient:
    return create_viewer(mailbox).test_client()


@pytest.fixture
def smtp_port(mailbox: Mailbox) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    controller = start_smtp(mailbox, port)
    yield port
    controller.stop()


def make_mail() -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = "Ayşe, mezun anketi <b>"
    mail["From"] = "mezun@example.edu.tr"
    mail["To"] = "ayse@example.com"
    mail.set_content("Düz metin")
    mail.add_alternative("<head></head><p>HTML<script>alert(1)</script></p>", subtype="html")
    return mail


def deliver(port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.send_message(make_mail())


def test_mailbox_lists_a_mail_that_came_over_smtp(viewer: FlaskClient, smtp_port: int) -> None:
    deliver(smtp_port)

    page = viewer.get("/").text

    assert "Ayşe, mezun anketi &lt;b&gt;" in page
    assert viewer.get("/mails.json").json == [{"number": 1, "to": "ayse@example.com"}]


def test_mailbox_finds_by_recipient(viewer: FlaskClient, smtp_port: int) -> None:
    deliver(smtp_port)

    assert "1 e-posta" in viewer.get("/?q=AYSE").text
    assert "bulunamadı" in viewer.get("/?q=fatma").text


def test_mailbox_shows_the_mail_in_a_frame_that_runs_nothing(
    viewer: FlaskClient, smtp_port: int
) -> None:
    deliver(smtp_port)

    outer, inner = viewer.get("/1"), viewer.get("/1.html")

    assert "Düz metin" in outer.text
    assert 'sandbox="' in outer.text
    assert "allow-scripts" not in outer.text
    assert '<base target="_top">' in inner.text
    assert "default-src 'none'" in inner.headers["Content-Security-Policy"]


def test_mailbox_keeps_the_bytes_as_they_came(viewer: FlaskClient, smtp_port: int) -> None:
    deliver(smtp_port)

    assert b"Subject: =?utf-8?" in viewer.get("/1.eml").data


def test_mailbox_says_so_when_a_mail_is_not_there(viewer: FlaskClient) -> None:
    assert viewer.get("/7").status_code == 404
