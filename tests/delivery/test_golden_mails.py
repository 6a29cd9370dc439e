"""The wire bytes of each kind and language, held against files that people have read."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from surveys.delivery.rendering import render
from tests.delivery.mails import GOLDEN, PERSON, make_letter, make_links, write_golden

MAILS = dict(write_golden())
each_mail = pytest.mark.parametrize("name", sorted(MAILS))


def parse(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


@each_mail
def test_mail_is_the_golden_one_byte_for_byte(name: str) -> None:
    assert MAILS[name] == (GOLDEN / f"{name}.eml").read_bytes()


def test_every_golden_file_is_held_by_a_test() -> None:
    assert {path.stem for path in GOLDEN.glob("*.eml")} == set(MAILS)


@each_mail
def test_mail_travels_in_seven_bits_and_short_lines(name: str) -> None:
    content = MAILS[name]
    head, _, body = content.partition(b"\r\n\r\n")

    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert all(len(word) <= 75 for word in re.findall(rb"=\?\S+\?=", head))


@each_mail
def test_mail_carries_what_bulk_senders_must(name: str) -> None:
    mail = parse(MAILS[name])
    token = make_links().unsubscribe

    assert f"List-Unsubscribe: <{token}>\r\n".encode() in MAILS[name]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Id"] == "<mezun-izleme-2026.anket.example.edu.tr>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Precedence"] == "bulk"
    assert mail["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert mail["Feedback-ID"].endswith(":mezun-izleme-2026:donut:example.edu.tr")
    assert mail["Message-ID"].startswith("<m.1234.")


@each_mail
def test_mail_reads_back_without_defects(name: str) -> None:
    mail = parse(MAILS[name])
    parts = list(mail.walk())

    assert [part.defects for part in parts] == [[], [], []]
    assert [part.get_content_type() for part in parts] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert mail["From"].addresses[0].addr_spec == "mezun@example.edu.tr"
    assert mail["From"].addresses[0].display_name == "Örnek Üniversitesi, Mezunlar Ofisi"
    assert mail["To"].addresses[0].addr_spec == "isil@example.com"


def test_bodies_read_back_as_they_were_rendered() -> None:
    rendered = render(make_letter(kind="reminder"), person=PERSON, links=make_links())
    _, text, html = parse(MAILS["tr-reminder"]).walk()

    assert text.get_content().splitlines() == rendered.text.splitlines()
    assert html.get_content().splitlines() == rendered.html.splitlines()


@each_mail
def test_no_link_token_stands_in_a_header_but_the_opt_out(name: str) -> None:
    head = MAILS[name].partition(b"\r\n\r\n")[0].decode()
    links = make_links()

    assert links.answer.rpartition("/")[2] not in head
    assert links.view.rpartition("/")[2] not in head
    assert head.count(links.unsubscribe) == 1
