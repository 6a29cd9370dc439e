"""Failures that a server writes as plain text, without the parts that programs read.

Written for the wordings of Exim, qmail, old Sendmail, Exchange and their like. Own code, since the
known library of such detectors tells the address and not the reason, which the policy rests on.
"""

import re
from dataclasses import dataclass
from email.message import Message

from models import ReportKind
from surveys.bounces import parts

ROBOTS = re.compile(
    r"(?i)mailer-daemon|postmaster|mail delivery (?:sub)?system|mail[ -]?delivery|mail system"
)
SUBJECTS = re.compile(
    r"(?i)undeliver|delivery (?:status|fail|notification)|returned mail|failure notice|"
    r"mail delivery failed|delivery has failed|could not be delivered|non remis|unzustellbar|"
    r"teslim edilemedi|iletilemedi|gönderilemedi|ulaştırılamadı|delay"
)
DELAYED = re.compile(r"(?i)\b(?:delayed|warning: message|will (?:keep trying|be retried)|gecik)")
CODE = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)")
REPLY = re.compile(r"\b([45]\d\d)[ -](?:#?([45]\.\d{1,3}\.\d{1,3})(?!\.?\d))?[^\n]*")
ADDRESS = re.compile(r"[A-Za-z0-9._%+=-]{1,64}@[A-Za-z0-9.-]{1,190}")
# Where the failure's text ends and the mail that comes back begins.
RETURNED = re.compile(
    r"(?im)^(?:-+ ?(?:this is a copy|original message|below this line|returned message|"
    r"message header|ileti)|received: |return-path: |message-id: )"
)
NO_SUCH = re.compile(
    r"(?i)user unknown|unknown user|no such (?:user|mailbox|recipient|address)|does ?n[o']t exist|"
    r"mailbox (?:unavailable|not found|unknown)|unknown (?:recipient|mailbox|local)|"
    r"invalid recipient|recipient (?:not found|rejected)|no mailbox here|account (?:has been )?"
    r"(?:disabled|closed)|unbekannt|inconnu|böyle bir (?:kullanıcı|adres)|bulunamad|kullanıcı yok|"
    r"geçersiz alıcı|hesap (?:kapalı|kapatıl)"
)
FULL = re.compile(
    r"(?i)quota|mailbox (?:is )?full|over ?quota|insufficient storage|kota|kutusu dolu"
)
BLOCKED = re.compile(
    r"(?i)spam|block(?:ed|list)|black ?list|policy|reputation|banned|content rejected|dmarc|spf|"
    r"dkim|relay(?:ing)? (?:denied|not)|too large|size limit|engellen|istenmeyen|access denied|"
    r"not authori[sz]ed|sender verif|administrative|prohibited|unsolicited"
)
NO_DOMAIN = re.compile(
    r"(?i)(?:host|domain)(?: name)? (?:not found|unknown|does not exist)|nxdomain|"
    # Exim's words for a domain without a server, which we may be alone in not finding.
    r"unrouteable"
)
TIMED_OUT = re.compile(
    r"(?i)timed? ?out|retry time(?:out)?|expired|could not connect|connection refused|"
    r"too long|give up|giving up"
)
BY_WORDS = (
    (FULL, "5.2.2"),
    (BLOCKED, "5.7.1"),
    (NO_SUCH, "5.1.1"),
    (NO_DOMAIN, "5.1.2"),
    (TIMED_OUT, "4.4.7"),
)


@dataclass(frozen=True)
class Plain:
    """What the text of a failure says."""

    kind: ReportKind
    status: str
    diagnostic: str
    recipients: tuple[str, ...]


def has_failed(mail: Message) -> bool:
    """Tell whether a mail is a server's word that another was not delivered."""
    if mail.get("X-Failed-Recipients") is not None:
        return True
    is_robot = ROBOTS.search(parts.header(mail, "From")) is not None
    return is_robot and (
        SUBJECTS.search(parts.header(mail, "Subject")) is not None
        or parts.header(mail, "Return-Path") == "<>"
    )


def read_plain(mail: Message, found: list[Message]) -> Plain | None:
    """Return what the first text of the mail says, or None when it holds no reason."""
    said = told_by(found)
    reason = reason_of(said)
    status = status_of(reason or said)
    is_delayed = DELAYED.search(parts.header(mail, "Subject") + "\n" + said[:500]) is not None
    if not status and not is_delayed:
        return None
    kind = ReportKind.DELAYED if is_delayed and not status.startswith("5") else ReportKind.BOUNCE
    named = parts.headers(mail, "X-Failed-Recipients") or ADDRESS.findall(said)
    return Plain(kind, status, reason or said[:300], tuple(named))


def told_by(found: list[Message]) -> str:
    """Return what a failure tells people: its first text, up to where the mail itself begins."""
    whole = next((parts.text_of(part) for part in found if _is_text(part)), "")
    return RETURNED.split(whole, maxsplit=1)[0][:8_000]


def status_of(said: str) -> str:
    """Return the enhanced status code that a server's words hold or amount to; "" for neither."""
    code = CODE.search(said)
    if code is not None and not code[1].endswith(".0.0"):
        return code[1]
    if by_words := status_by_words(said):
        return by_words
    reply = REPLY.search(said)
    if reply is None:
        return code[1] if code else ""
    # Servers say 550 of a dead mailbox and of a sender that they dislike alike.
    return f"{reply[1][0]}.0.0"


def status_by_words(said: str) -> str:
    """Return the status code that the wording amounts to; "" where no wording is known."""
    return next((status for words, status in BY_WORDS if words.search(said)), "")


def reason_of(said: str) -> str:
    """Return the sentence that tells why: a server's reply, or the line with telling words."""
    reply = REPLY.search(said)
    if reply is not None:
        return " ".join(said[reply.start() :].split("\n\n", maxsplit=1)[0].split())[:500]
    lines = (line.strip() for line in said.splitlines())
    return next((line for line in lines if any(w.search(line) for w, _ in BY_WORDS)), "")[:500]


def _is_text(part: Message) -> bool:
    return part.get_content_maintype() == "text" and not part.is_multipart()
