"""Mails that were written to break whoever reads them: each is read, quickly enough, and stored."""

import pytest
from sqlalchemy.orm import Session

from models import ReportKind
from surveys.bounces.parts import header, parse
from surveys.bounces.reading import MOST_ADDRESSES, read_report
from tests.bounces.sending import make_sent, report_of, take, verp

ROBOT = b"From: MAILER-DAEMON <mailer-daemon@x.example>\nSubject: failure notice\n"
HOSTILE = {
    "mails in mails": b"Content-Type: message/rfc822\n\n" * 30_000,
    "parts in parts": b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(5_000)
    ),
    "reports in a report": b"Content-Type: multipart/report; boundary=b\n\n--b\n"
    + b"Content-Type: message/delivery-status\n\n" * 20_000,
    "encoding that decodes nothing": ROBOT
    + b"Content-Type: text/plain; charset=undefined\n\n550 5.1.1 no\n",
    "encoding that is none of mails": ROBOT
    + b"Content-Type: text/plain; charset=idna\n\n550 5.1.1 no\xff\n",
    "half a character in a text": ROBOT
    + b"Content-Type: text/plain; charset=unicode_escape\n\n550 5.1.1 no \\ud800\n",
    "half a character in a header": b"From: =?utf-7?q?mailer-daemon_+2AA-?= <mailer-daemon@x>\n"
    b"Subject: failure notice\n\n550 5.1.1 no\n",
    "half a character in an address": b"X-Failed-Recipients: =?utf-7?q?+2AA-?=@x.example\n\n550 no",
    "comments in comments": b"To: " + b"(" * 100_000 + b"\n\nhi",
    "quotes without end": b"To: " + b'"\\' * 100_000 + b"\n\nhi",
    "crowd of recipients": ROBOT
    + b"X-Failed-Recipients: "
    + b",".join(b"a%d@x.example" % n for n in range(70_000))
    + b"\n\n550 5.1.1 no\n",
    "crowd of headers": b"".join(b"Delivered-To: a%d@x.example\n" % n for n in range(30_000))
    + b"\nhi",
    "words without end": b"Subject: " + b"=?utf-8?q?a?= " * 70_000 + b"\n\nhi",
    "nothing but blanks": ROBOT + b"\n" + b" " * 900_000,
    "nothing but lines": ROBOT + b"\n" + b"\n" * 900_000,
    "zero bytes": b"Subject: a\0b\nFrom: postmaster@x\0\n\n550 5.1.1 \0no\0",
    "bytes of no encoding": b"Content-Type: \xff/\xff; charset=\xff\nTo: \xff@x\n"
    b"Message-ID: <\xff>\nContent-Transfer-Encoding: \xff\n\n\xff",
    "nothing": b"",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mail_is_taken_in(session: Session, name: str) -> None:
    done = take(session, HOSTILE[name])
    session.commit()

    assert done.is_new
    assert done.kind in ReportKind
    assert report_of(session).message_id is None


def test_crowd_of_recipients_costs_no_crowd_of_questions() -> None:
    assert len(read_report(HOSTILE["crowd of recipients"]).recipients) <= MOST_ADDRESSES


def test_way_to_our_mail_is_found_in_what_no_parser_opens(session: Session) -> None:
    message = make_sent(session)
    deep = f"Delivered-To: {verp(message)}\n".encode() + HOSTILE["mails in mails"]

    take(session, deep)

    assert report_of(session).message_id == message.id


def test_header_with_bytes_that_no_standard_allows_is_read_as_utf8() -> None:
    mail = parse("From: Ayşe Yıldız <ayse@example.com>\n\n".encode())

    assert header(mail, "From") == "Ayşe Yıldız <ayse@example.com>"


def test_header_in_a_charset_that_has_no_name_is_shown_as_it_came() -> None:
    mail = parse("From: =?�tf-8?q?Ay=C5=9Fe?= <ayse@example.com>\n\n".encode())

    assert header(mail, "From") == "=?�tf-8?q?Ay=C5=9Fe?= <ayse@example.com>"
