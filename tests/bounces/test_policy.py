"""The policy's rules that look at more than one report."""

from datetime import UTC, datetime, timedelta

import pytest

from models import ReportKind
from surveys.bounces.policy import Signal, is_dead, is_domain_gone, read_signal
from surveys.bounces.reading import read_report
from surveys.bounces.report import Report

REPORT = """\
From: Mail Delivery System <mailer-daemon@mx.example.com>
Subject: Mail delivery failed
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

failed
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example.edu.tr

Action: failed
Final-Recipient: rfc822;a@example.com
Status: 5.0.0
Diagnostic-Code: smtp; {said}

--b--
"""
QMAIL = """\
From: MAILER-DAEMON@mx.example.com
Subject: failure notice
To: x@example.com

Hi. This is the qmail-send program.
I'm afraid I wasn't able to deliver your message.

<a@example.com>:
Connected to 85.5.1.1 but connection died. I'm not going to try again; this message has been in
the queue too long.
"""

DAY = timedelta(days=1)
START = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "signal"),
    [
        ("5.1.1", Signal.HARD),
        ("5.1.3", Signal.HARD),
        ("5.1.6", Signal.HARD),
        ("5.1.10", Signal.HARD),
        ("5.2.1", Signal.HARD),
        ("4.7.28", Signal.POLICY),
        ("5.1.2", Signal.BAD_DOMAIN),
        ("5.2.2", Signal.SOFT),
        ("4.2.2", Signal.SOFT),
        ("4.4.7", Signal.SOFT),
        ("5.4.4", Signal.SOFT),
        ("", Signal.SOFT),
        ("5.0.0", Signal.SOFT),
        ("5.7.1", Signal.POLICY),
        ("5.6.0", Signal.POLICY),
        ("5.3.4", Signal.POLICY),
        ("5.1.8", Signal.POLICY),
    ],
)
def test_code_decides(status: str, signal: Signal) -> None:
    assert read_signal(Report(kind=ReportKind.BOUNCE, status=status)) is signal


@pytest.mark.parametrize(
    ("bounces", "is_over"),
    [
        ([(1, 0), (2, 7), (3, 14)], True),
        ([(1, 0), (2, 6), (3, 12)], False),
        ([(1, 0), (1, 8), (1, 16)], False),
        ([(1, 0), (2, 8)], False),
        ([(1, 0), (2, 8), (3, 200)], False),
        ([(1, 0), (2, 200), (3, 210), (4, 220)], True),
        ([], False),
    ],
)
def test_three_weeks_of_soft_bounces_make_a_dead_mailbox(
    bounces: list[tuple[int, int]], *, is_over: bool
) -> None:
    assert is_dead([(mailing, START + days * DAY) for mailing, days in bounces]) is is_over


def test_domain_is_gone_after_two_days() -> None:
    assert not is_domain_gone([START, START + timedelta(hours=3)])
    assert is_domain_gone([START, START + DAY])


@pytest.mark.parametrize(
    "said",
    [
        "550 Your host 5.2.1.17 is on our blacklist",
        "554 rejected, client 193.5.1.1 blocked using zen.spamhaus.org",
        "550 5.2.80.6 has bad reputation",
    ],
)
def test_address_of_a_server_is_no_status(said: str) -> None:
    report = read_report(REPORT.format(said=said).encode())

    assert report.kind == "bounce"
    assert read_signal(report) is Signal.POLICY


def test_address_in_a_plain_failure_is_no_status() -> None:
    report = read_report(QMAIL.encode())

    assert read_signal(report) is not Signal.HARD
