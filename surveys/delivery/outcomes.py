"""What became of one mail, as the mail server told it: which row of the outbox's rules applies.

A reply's enhanced status code (RFC 3463) decides before its basic code. Outcomes are values, not
exceptions: every send has exactly one. No text here holds an address.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

ADDRESS: Final = re.compile(r"[^\s<>@:]+@[^\s<>@:,;]+")
ENHANCED: Final = re.compile(r"([45])\.(\d{1,3})\.(\d{1,3})\b")
LONGEST_TEXT: Final = 500
CONSENT: Final = range(200, 300)
WAITS_FOR_BODY: Final = 354
REFUSAL: Final = range(400, 600)
TEMPORARY: Final = range(400, 500)
CLOSING: Final = 421
AUTHENTICATION_CODES: Final = frozenset({530, 534, 535, 538})
ADDRESS_CODES: Final = frozenset({501, 550, 551, 553, 555})
UNAVAILABLE_STATUS: Final = frozenset({"4.3.2", "4.7.0"})
SENDER_STATUS: Final = frozenset({"5.1.7", "5.1.8"})


class Stage(StrEnum):
    """Which command a reply answers."""

    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    DOT = "dot"


@dataclass(frozen=True)
class Accepted:
    """250 after the final dot: the server answers for the mail from now on."""

    code: int
    text: str


@dataclass(frozen=True)
class RecipientRefused:
    """This address takes no mail, for good: this message fails, the rest go on."""

    code: int
    text: str


@dataclass(frozen=True)
class TemporarilyRefused:
    """4xx for this mail: try again later; counted as an attempt."""

    code: int
    text: str


@dataclass(frozen=True)
class PolicyRefused:
    """5xx that no recipient is to blame for (relay denied, content): stop this mailing, alarm."""

    code: int
    text: str


@dataclass(frozen=True)
class AuthenticationRefused:
    """The server does not take our name and password: stop all, alarm."""

    code: int
    text: str


@dataclass(frozen=True)
class ServerUnavailable:
    """No answer, a refused connection, or 421 before the body: nothing was sent, none is to blame.

    Not counted as an attempt. `code` is 0 where the server said nothing.
    """

    code: int
    text: str


@dataclass(frozen=True)
class OutcomeUnknown:
    """The line was lost after the body began: the mail may or may not have arrived."""

    text: str


NotSent = (
    RecipientRefused
    | TemporarilyRefused
    | PolicyRefused
    | AuthenticationRefused
    | ServerUnavailable
)
Outcome = Accepted | NotSent | OutcomeUnknown


def is_consent(stage: Stage, code: int) -> bool:
    """Tell whether the reply to a command lets the mail go on."""
    return code == WAITS_FOR_BODY if stage is Stage.DATA else code in CONSENT


def read_refusal(stage: Stage, code: int, raw: bytes) -> NotSent:
    """Return what a reply that is no consent means for the message it answers.

    A code that is no refusal fits no protocol here: the two sides are out of step.
    """
    text = clean(raw)
    status = _enhanced_status(text)
    if code in AUTHENTICATION_CODES:
        return AuthenticationRefused(code, text)
    is_server_closing = code == CLOSING or status in UNAVAILABLE_STATUS
    if code not in REFUSAL or (is_server_closing and stage is not Stage.DOT):
        return ServerUnavailable(max(code, 0), text)
    if (status or str(code)).startswith("4"):
        return TemporarilyRefused(code, text)
    if _concerns_recipient(stage, code, status):
        return RecipientRefused(code, text)
    return PolicyRefused(code, text)


def clean(raw: bytes) -> str:
    """Return a reply's text on one line, addresses blanked, cut to 500 characters."""
    line = " ".join(raw.decode("utf-8", errors="replace").replace("\0", "").split())
    return ADDRESS.sub("…@…", line)[:LONGEST_TEXT]


def _concerns_recipient(stage: Stage, code: int, status: str) -> bool:
    """A bare code speaks of the recipient only at RCPT; at the dot it speaks of the content."""
    if stage is Stage.MAIL:
        return False
    if status:
        return status.startswith(("5.1.", "5.2.")) and status not in SENDER_STATUS
    return stage is Stage.RCPT and code in ADDRESS_CODES


def _enhanced_status(text: str) -> str:
    found = ENHANCED.match(text)
    return ".".join(found.groups()) if found else ""
