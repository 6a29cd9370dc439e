"""The mailing plan of a definition: its mails as they stand, and whether their times fit."""

from collections.abc import Sequence
from datetime import datetime

from models import MailingKind
from surveys.building.definition import PlannedMailing
from surveys.building.faults import Spot
from surveys.building.local_time import add_days, to_instant
from surveys.building.texts import as_text, list_single
from surveys.building.values import as_block, as_list, as_local_time, as_one_of, as_whole
from surveys.delivery.placeholders import PLACEHOLDERS, find_faults
from surveys.errors import N_

MAILING_LIMIT = 50
SUBJECT_LENGTH = 120
TEXT_LENGTH = 5_000
LONGEST_DAYS = 730

Mailings = Sequence[tuple[Spot, PlannedMailing]]

_NO_TIME = N_("Say when: at (a local time) or after_days (days after the invitation), not both.")
_INVITATION_AT = N_("The invitation needs its own time: use at instead of after_days.")
_NO_INVITATION = N_("The plan has no invitation. Add a mailing with kind: invitation.")
_TWO = N_("The plan can hold one mailing of this kind (%(kind)s), and it has one already.")
_BEFORE_INVITATION = N_("This mailing would go out before the invitation or together with it.")
_BEFORE_OPENING = N_("This mailing would go out before the survey opens.")
_AFTER_CLOSING = N_("This mailing would go out when the survey is closed already.")
_SUBJECT_PLACEHOLDER = N_(
    "%(found)s can't be used in a subject. Known are: %(known)s, each as {name} or {name|fallback}."
)
_PLACEHOLDER = N_(
    "%(found)s is no placeholder. Known are: %(known)s, each as {name} or {name|fallback}."
)


def read_mailings(spot: Spot | None) -> Mailings:
    """Return the mailings with their places, in the order in which they stand."""
    items = as_list(spot, limit=MAILING_LIMIT)
    read = [(item, mailing) for item in items if (mailing := _read_mailing(item))]
    for kind in (MailingKind.INVITATION, MailingKind.THANKS):
        for item, _ in [(item, m) for item, m in read if m.kind == kind][1:]:
            item.under("kind", None).refuse(_TWO, kind=kind.value)
    if spot is not None and read and all(_is_other(mailing) for _, mailing in read):
        spot.refuse(_NO_INVITATION)
    return read


def check_times(
    mailings: Mailings, *, timezone: str, opens_at: str | None, closes_at: str | None
) -> None:
    """Note the mailings that fall before the invitation or outside the time of answering."""
    opening = to_instant(opens_at, timezone).at if opens_at else None
    closing = to_instant(closes_at, timezone).at if closes_at else None
    start = next((m.at for _, m in mailings if m.kind == MailingKind.INVITATION), None)
    for spot, mailing in mailings:
        due = _find_due(mailing, start, timezone)
        if due is None:
            continue
        if opening and due < opening:
            spot.refuse(_BEFORE_OPENING)
        if closing and due >= closing:
            spot.refuse(_AFTER_CLOSING)
        is_first = mailing.kind == MailingKind.INVITATION
        if start and not is_first and due <= to_instant(start, timezone).at:
            spot.refuse(_BEFORE_INVITATION)


def _find_due(mailing: PlannedMailing, start: str | None, timezone: str) -> datetime | None:
    if mailing.at:
        return to_instant(mailing.at, timezone).at
    if start and mailing.after_days:
        return to_instant(add_days(start, mailing.after_days), timezone).at
    return None


def _is_other(mailing: PlannedMailing) -> bool:
    """Tell whether this is surely no invitation; one of unknown kind may be meant as one."""
    return mailing.kind not in {"", MailingKind.INVITATION}


def _read_mailing(spot: Spot) -> PlannedMailing | None:
    block = as_block(spot, ("kind", "at", "after_days", "subject", "text"))
    if block is None:
        return None
    kind = as_one_of(block.need("kind"), list(MailingKind)) or ""
    at, after_days = block.find("at"), block.find("after_days")
    if (at is None) == (after_days is None):
        spot.refuse(_NO_TIME)
    elif kind == MailingKind.INVITATION and after_days is not None:
        after_days.refuse(_INVITATION_AT)
    subject, text = block.need_text("subject"), block.find("text")
    _check_placeholders(subject, _SUBJECT_PLACEHOLDER, is_subject=True)
    _check_placeholders(text, _PLACEHOLDER, is_subject=False)
    return PlannedMailing(
        kind=kind,
        subject=as_text(subject, SUBJECT_LENGTH) or {},
        at=as_local_time(at),
        after_days=as_whole(after_days, 1, LONGEST_DAYS),
        text=as_text(text, TEXT_LENGTH, is_line=False),
    )


def _check_placeholders(spot: Spot | None, message: str, *, is_subject: bool) -> None:
    if spot is None:
        return
    known = sorted(PLACEHOLDERS - {"link"}) if is_subject else sorted(PLACEHOLDERS)
    for single in list_single(spot):
        text = single.value if isinstance(single.value, str) else ""
        for found in find_faults(text, is_subject=is_subject):
            single.refuse(message, found=found, known=known)
