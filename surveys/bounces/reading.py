"""A returned mail's bytes → what it says. Raises nothing, whatever the bytes are.

Report parts are looked for before the marks of automatic replies: servers mark their own reports
so. Sources: RFC 3464 (delivery reports), RFC 5965 (complaints), RFC 3834 (automatic replies).
"""

import re
from collections.abc import Iterable
from email.message import Message
from itertools import islice

from models import ReportKind
from surveys.bounces import parts
from surveys.bounces.plain import (
    has_failed,
    read_plain,
    reason_of,
    status_by_words,
    told_by,
)
from surveys.bounces.report import Report, Trail
from surveys.delivery.outcomes import clean

ARRIVAL_HEADERS = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
MESSAGE_ID = re.compile(r"<[^<>\s]{3,250}>")
QUOTED_ID = re.compile(r"(?im)^[ \t>]{0,9}Message-ID:[ \t]{0,9}(<[^<>\s]{3,250}>)")
ADDRESS = re.compile(r"[^\s<>()\[\],;:\"@]{1,64}@[A-Za-z0-9.-]{1,253}")
# One mail of ours has one recipient; who names a crowd is not to cost the database a crowd.
MOST_ADDRESSES = 20
# Three numbers, and no part of an IP address: servers that block ours name its address.
STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?!\.?\d)")
# Says that something failed, and not what.
UNSPECIFIC = re.compile(r"[245]\.[0-7]\.0")
# Outlook.com says 5.5.0 of mailboxes that are not there, sendmail 5.3.0 of whatever it is told.
VAGUE = re.compile(r"[45]\.[01235]\.0")
FAILED = "failed"
NOT_FAILED = frozenset({"delayed", "relayed", "expanded", "delivered"})
COMPLAINTS = frozenset({"abuse", "fraud", "opt-out", "opt-out-list"})
AUTOMATIC = ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply")
AUTOMATIC_PRECEDENCES = frozenset({"auto_reply", "auto-reply"})


def read_report(raw: bytes) -> Report:
    """Return what a returned mail says; UNRECOGNISED where a person must read it."""
    mail = parts.parse(raw)
    found = list(parts.walk(mail))
    returned = [one for one in map(parts.returned_mail, found) if one is not None]
    trail = Trail(
        (*_arrived_at(mail), *_sent_from(found, returned)),
        tuple(_message_ids(mail, found, returned)),
        _addresses(value for one in returned for value in parts.headers(one, "To")),
    )
    for part in found:
        if part.get_content_type() == "message/delivery-status":
            report = _read_delivery(part, found, trail)
        elif part.get_content_type() == "message/feedback-report":
            report = _read_complaint(part, trail)
        else:
            continue
        if report is not None:
            return report
    return _read_without_report(mail, found, trail)


def _read_delivery(part: Message, found: list[Message], trail: Trail) -> Report | None:
    """Return what a delivery report says of its recipient: that which failed, before any other."""
    blocks = parts.blocks(part)
    each = [block for block in blocks if parts.header(block, "Action")]
    failed = [block for block in each if _action(block) == FAILED]
    chosen = next(iter(failed or each), None)
    if chosen is None:
        return None
    action = _action(chosen)
    if action not in NOT_FAILED and action != FAILED:
        return None
    reporter = next(filter(None, (parts.header(block, "Reporting-MTA") for block in blocks)), "")
    # Some servers tell programs less than people.
    said = _without_type(parts.header(chosen, "Diagnostic-Code")) or reason_of(told_by(found))
    return Report(
        kind=ReportKind.BOUNCE if action == FAILED else ReportKind.DELAYED,
        status=_status(parts.header(chosen, "Status"), said),
        diagnostic=clean(said.encode("utf-8", "replace")),
        reporter=_without_type(parts.header(chosen, "Remote-MTA") or reporter)[:250],
        recipients=_addresses(
            _without_type(parts.header(chosen, name))
            for name in ("Original-Recipient", "Final-Recipient")
        ),
        trail=trail,
    )


def _read_complaint(part: Message, trail: Trail) -> Report | None:
    blocks = parts.blocks(part)
    block = next((b for b in blocks if parts.header(b, "Feedback-Type")), None)
    if block is None:
        return None
    is_complaint = parts.header(block, "Feedback-Type").lower() in COMPLAINTS
    return Report(
        kind=ReportKind.COMPLAINT if is_complaint else ReportKind.UNRECOGNISED,
        diagnostic=clean(parts.header(block, "Feedback-Type").encode("utf-8", "replace")),
        reporter=parts.header(block, "User-Agent")[:250],
        recipients=_addresses(
            value
            for name in ("Original-Rcpt-To", "Removal-Recipient")
            for value in parts.headers(block, name)
        ),
        trail=trail,
    )


def _read_without_report(mail: Message, found: list[Message], trail: Trail) -> Report:
    if has_failed(mail):
        plain = read_plain(mail, found)
        if plain is not None:
            return Report(
                kind=plain.kind,
                status=plain.status,
                diagnostic=clean(plain.diagnostic.encode("utf-8", "replace")),
                reporter=parts.header(mail, "From")[:250],
                recipients=_addresses(plain.recipients),
                trail=trail,
            )
    kind = ReportKind.AUTO_REPLY if _is_automatic(mail) else ReportKind.UNRECOGNISED
    subject = clean(parts.header(mail, "Subject").encode("utf-8", "replace"))
    return Report(kind=kind, diagnostic=subject, trail=trail)


def _is_automatic(mail: Message) -> bool:
    """Tell whether a program answered: it says so, or it came without a return path."""
    submitted = parts.header(mail, "Auto-Submitted").lower()
    return (
        submitted.startswith(("auto-replied", "auto-generated"))
        or any(mail.get(name) is not None for name in AUTOMATIC)
        or parts.header(mail, "Precedence").lower() in AUTOMATIC_PRECEDENCES
        or parts.header(mail, "Return-Path") == "<>"
    )


def _arrived_at(mail: Message) -> tuple[str, ...]:
    return _addresses(value for name in ARRIVAL_HEADERS for value in parts.headers(mail, name))


def _sent_from(found: list[Message], returned: list[Message]) -> tuple[str, ...]:
    """Return the envelope senders that a complaint or a returned mail names: ours is one mail's."""
    values = [value for one in returned for value in parts.headers(one, "Return-Path")]
    for part in found:
        if part.get_content_type() == "message/feedback-report":
            for block in parts.blocks(part):
                values += parts.headers(block, "Original-Mail-From")
    return _addresses(values)


def _message_ids(mail: Message, found: list[Message], returned: list[Message]) -> list[str]:
    """Return the Message-IDs of what is returned, then of what is answered, then from the text."""
    ids: list[str] = []
    for one in returned:
        ids += MESSAGE_ID.findall(parts.header(one, "Message-ID"))
    for name in ("In-Reply-To", "References", "X-MS-Exchange-Parent-Message-Id"):
        ids += MESSAGE_ID.findall(parts.header(mail, name))
    for part in found:
        if part.get_content_maintype() == "text" and not part.is_multipart():
            ids += QUOTED_ID.findall(parts.text_of(part))
    return list(dict.fromkeys(ids))


def _addresses(values: Iterable[str]) -> tuple[str, ...]:
    found = (address.lower() for value in values for address in ADDRESS.findall(value))
    return tuple(islice(dict.fromkeys(found), MOST_ADDRESSES))


def _action(block: Message) -> str:
    return parts.header(block, "Action").split(" ")[0].strip(";").lower()


def _without_type(value: str) -> str:
    """Return a typed field's value, `smtp; 550 …` as `550 …`."""
    kind, semicolon, rest = value.partition(";")
    return rest.strip() if semicolon and " " not in kind.strip() else value


def _status(field: str, said: str) -> str:
    """Return the code of the field, or where that says little the one that the words hold or mean.

    A code that names no reason gives way to plain words, one that speaks of us does not.
    """
    codes = [found[0] for found in map(STATUS.search, (field, said)) if found]
    telling = next((code for code in codes if not UNSPECIFIC.fullmatch(code)), "")
    if telling:
        return telling
    by_words = status_by_words(said) if all(map(VAGUE.fullmatch, codes)) else ""
    return by_words or next(iter(codes), "")
