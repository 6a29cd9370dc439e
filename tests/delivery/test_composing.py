"""Headers and bodies on the wire, with what people and attackers put into them."""

from dataclasses import replace
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.delivery.addresses import HeaderRefused, Mailbox, clean_name, read_mailbox
from surveys.delivery.composing import Mail, compose
from surveys.delivery.quoting import quote
from tests.conftest import NOW

OFFICE = Mailbox("Mezunlar Ofisi", "mezun@example.edu.tr")
MAIL = Mail(
    message_id="<m.7.abcdefgh@example.edu.tr>",
    sent_at=NOW,
    sender=OFFICE,
    recipient=Mailbox("Ayşe Yılmaz", "ayse@example.com"),
    reply_to=OFFICE,
    subject="Merhaba",
    text=quote("Merhaba\n"),
    html=quote("<p>Merhaba</p>"),
    unsubscribe_url="https://anket.example.edu.tr/u/aerukz4jvpg66vqqoro4zc7qmo726h4z",
    list_id="anket.example.edu.tr",
    feedback_id="invitation:anket:donut:example.edu.tr",
)


def parse(mail: Mail) -> EmailMessage:
    message = message_from_bytes(compose(mail), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


HEADERS = [name for name, _ in parse(MAIL).items()]


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Ayşe",
        "Işıl İnci ÇAĞRI",
        "Conan O'Brien",
        'Ali "Usta" Kaya',
        "Kaya, Ali",
        "C:\\>dir",
        "a=?utf-8?q?b?=",
        "x" * 100,
        "kelime " * 14,
    ],
)
def test_name_and_address_read_back_as_given(name: str) -> None:
    given_name = name.strip()
    mail = replace(
        MAIL,
        sender=Mailbox(given_name, "mezun@example.edu.tr"),
        recipient=Mailbox(given_name, "ayse@example.com"),
    )

    parsed = parse(mail)

    assert parsed["From"].addresses[0].display_name == given_name
    assert parsed["From"].addresses[0].addr_spec == "mezun@example.edu.tr"
    assert [a.addr_spec for a in parsed["To"].addresses] == ["ayse@example.com"]


@pytest.mark.parametrize(
    "subject",
    ["Merhaba", "Ayşe, anketimiz 4 dakika sürüyor " * 3, "word " * 30, "x" * 120, "=?utf-8?q?a?="],
)
def test_subject_reads_back_as_given(subject: str) -> None:
    parsed = parse(replace(MAIL, subject=subject))

    assert parsed["Subject"] == subject.strip()


@pytest.mark.parametrize("length", [60, 65, 77, 78, 82, 200])
def test_list_unsubscribe_stays_literal_at_any_length(length: int) -> None:
    url = "https://anket.example.edu.tr/u/".ljust(length - 2, "x")

    lines = compose(replace(MAIL, unsubscribe_url=url)).split(b"\r\n")

    assert f"List-Unsubscribe: <{url}>".encode() in lines


@pytest.mark.parametrize("letter", ["ş", "İ", "😀", "İ😀a"])
@pytest.mark.parametrize("length", [10, 33, 60, 100])
def test_encoded_words_keep_to_their_limit(letter: str, length: int) -> None:
    name = (letter * length)[:100]

    head = compose(replace(MAIL, recipient=Mailbox(name, "a@example.com"), subject=name * 2))
    lines = head.partition(b"\r\nDate:")[0].decode().split("\r\n")

    assert max(map(len, lines)) <= 76
    to = " ".join(line.strip() for line in lines[1 : lines.index("Reply-To: " + REPLY_TO)])
    assert str(make_header(decode_header(to.removeprefix("To: ")))) == f"{name} <a@example.com>"


REPLY_TO = '"Mezunlar Ofisi" <mezun@example.edu.tr>'


@pytest.mark.parametrize(
    "body",
    [
        "a line \n.\n.two\nFrom here\n",
        "tab\t\nend ",
        "==_=\n--=_x\n",
        "ığüşöç İ 😀\n" * 50,
        "x" * 5000,
        "windows\r\nold mac\rend\n",
        "",
    ],
)
def test_bodies_read_back_as_given(body: str) -> None:
    parsed = parse(replace(MAIL, text=quote(body), html=quote(body)))
    _, text, html = parsed.walk()

    assert [part.defects for part in (parsed, text, html)] == [[], [], []]
    assert text.get_content().splitlines() == body.splitlines()
    assert html.get_content().splitlines() == body.splitlines()


def test_same_mail_makes_the_same_bytes_and_another_id_another_boundary() -> None:
    other = replace(MAIL, message_id="<m.8.abcdefgh@example.edu.tr>")

    assert compose(MAIL) == compose(replace(MAIL))
    assert parse(MAIL).get_boundary() != parse(other).get_boundary()


def test_lone_surrogates_become_question_marks_in_bodies() -> None:
    _, text, _ = parse(replace(MAIL, text=quote("a\ud800b"))).walk()

    assert text.get_content().strip() == "a?b"


@pytest.mark.parametrize("evil", ["\r\nBcc: x@example.com", "\n", "\r", "\0", "\u2028", "\u2029"])
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subject", "s"),
        ("sender", "a@example.com"),
        ("recipient", "a@example.com"),
        ("reply_to", "a@example.com"),
        ("message_id", "<m@x>"),
        ("unsubscribe_url", "https://x"),
        ("list_id", "x"),
        ("feedback_id", "x"),
    ],
)
def test_a_line_break_in_any_header_is_refused(field: str, value: str, evil: str) -> None:
    is_mailbox = field in {"sender", "recipient", "reply_to"}
    changed = [Mailbox(evil, value), Mailbox("", value + evil)] if is_mailbox else [value + evil]

    for change in changed:
        with pytest.raises(HeaderRefused):
            compose(replace(MAIL, **{field: change}))  # type: ignore[arg-type] # fields by name


@given(
    subject=st.text(max_size=200),
    name=st.text(max_size=120),
    address=st.text(max_size=40) | st.just("a@example.com"),
    other=st.text(max_size=100),
)
def test_no_value_adds_or_removes_a_header(
    subject: str, name: str, address: str, other: str
) -> None:
    mail = replace(
        MAIL, subject=subject, recipient=Mailbox(name, address), list_id=other, feedback_id=other
    )
    try:
        content = compose(mail)
    except HeaderRefused:
        return

    parsed = message_from_bytes(content, policy=policy.default)
    assert [header for header, _ in parsed.items()] == HEADERS
    assert content.isascii()


@given(st.text(max_size=300))
def test_any_name_is_cleaned_into_one_that_can_stand(name: str) -> None:
    cleaned = clean_name(name)

    compose(replace(MAIL, recipient=Mailbox(cleaned, "a@example.com")))

    assert len(cleaned) <= 100


@pytest.mark.parametrize(
    ("text", "mailbox"),
    [
        ("a@example.com", Mailbox("", "a@example.com")),
        ('"Ofis, Mezun" <a@example.com>', Mailbox("Ofis, Mezun", "a@example.com")),
        ("Örnek Üniversitesi <a@example.com>", Mailbox("Örnek Üniversitesi", "a@example.com")),
    ],
)
def test_a_sender_is_read_from_the_settings(text: str, mailbox: Mailbox) -> None:
    assert read_mailbox(text) == mailbox


@pytest.mark.parametrize(
    "text", ["", "Ofis", "a@b@example.com", "a b@example.com", "ı@example.com"]
)
def test_a_sender_without_a_plain_address_is_refused(text: str) -> None:
    with pytest.raises(HeaderRefused):
        read_mailbox(text)
