"""What the operations on sections, mailings and the survey itself do to a document."""

from typing import Any

from models import MailingKind
from surveys.building.audience import read_audience
from surveys.building.cleaning import EditRefused, Reader, clean, line, lines, one_of, whole
from surveys.building.faults import Reading, Spot
from surveys.building.local_time import to_instant
from surveys.building.mailings import LONGEST_DAYS, SUBJECT_LENGTH
from surveys.building.mailings import TEXT_LENGTH as MAIL_LENGTH
from surveys.building.merging import merge
from surveys.building.operations import (
    AddMailing,
    AddSection,
    DeleteMailing,
    DeleteSection,
    MoveSection,
    SetAudience,
    SetMailing,
    SetSection,
    SetSurvey,
)
from surveys.building.places import SubjectGone, get_part
from surveys.building.problems import to_tree
from surveys.building.questions import TITLE_LENGTH
from surveys.building.reading import (
    CONFIDENTIALITIES,
    EARLIEST_YEAR,
    INDICATOR_LENGTH,
    LATEST_YEAR,
    LONGEST_GAP_DAYS,
    PURPOSE_LENGTH,
    read_languages,
    read_timezone,
)
from surveys.building.texts import as_line
from surveys.building.values import as_local_time, as_one_of
from surveys.errors import N_

Done = tuple[str, dict[str, Any]]

_NEEDED = N_("This can't stay empty.")
_CLOSED_FIRST = N_("The survey would close before it opens.")
_KIND_TAKEN = N_("The plan has a mailing of this kind already.")
_NO_TIME = N_("Say when this mailing goes out.")
_INVITATION_STAYS = N_("The invitation can't be removed: everything else follows it.")
_INVITATION_AT = N_("The invitation needs a date and time of its own.")

_SECTION: dict[str, Reader] = {"title": line(TITLE_LENGTH)}
_SURVEY: dict[str, Reader] = {
    "title": line(TITLE_LENGTH),
    "purpose": lines(PURPOSE_LENGTH),
    "indicator": lambda spot: as_line(spot, INDICATOR_LENGTH),
    "year": whole(EARLIEST_YEAR, LATEST_YEAR),
    "languages": read_languages,
    "confidentiality": one_of(*CONFIDENTIALITIES),
    "timezone": read_timezone,
    "opens_at": as_local_time,
    "closes_at": as_local_time,
}
_MAILING: dict[str, Reader] = {
    "at": as_local_time,
    "after_days": whole(1, LONGEST_DAYS),
    "subject": line(SUBJECT_LENGTH),
    "text": lines(MAIL_LENGTH),
}
_ALWAYS = ("languages", "confidentiality", "timezone", "opens_at", "closes_at")


def add_section(document: dict[str, Any], operation: AddSection) -> Done:
    """Add an empty section."""
    sections = document["sections"]
    end = len(sections)
    position = end if operation.position is None else min(max(operation.position, 0), end)
    section: dict[str, Any] = {"questions": []}
    merge(section, clean(operation.keys, _SECTION, document["languages"]))
    sections.insert(position, section)
    return f"section:{position}", {}


def set_section(document: dict[str, Any], operation: SetSection) -> Done:
    """Change a section's title."""
    section = get_part(document["sections"], operation.section)
    merge(section, clean(operation.keys, _SECTION, document["languages"]))
    return operation.subject, {}


def move_section(document: dict[str, Any], operation: MoveSection) -> Done:
    """Move a section; the subject is its place afterwards."""
    sections = document["sections"]
    section = get_part(sections, operation.section)
    del sections[operation.section]
    position = min(max(operation.position, 0), len(sections))
    sections.insert(position, section)
    return f"section:{position}", {"from": operation.section}


def delete_section(document: dict[str, Any], operation: DeleteSection) -> Done:
    """Remove a section; the details name its questions."""
    section = get_part(document["sections"], operation.section)
    del document["sections"][operation.section]
    codes = [question["code"] for question in section["questions"]]
    return operation.subject, {"questions": codes} if codes else {}


def set_survey(document: dict[str, Any], operation: SetSurvey) -> Done:
    """Change what holds for the survey as a whole."""
    cleaned = clean(operation.keys, _SURVEY, document["languages"])
    for key in _ALWAYS:
        if key in cleaned and not cleaned[key]:
            raise EditRefused.of(key, _NEEDED)
    merge(document, cleaned)
    zone = document["timezone"]
    if to_instant(document["opens_at"], zone).at >= to_instant(document["closes_at"], zone).at:
        raise EditRefused.of("closes_at", _CLOSED_FIRST)
    return operation.subject, {}


def set_audience(document: dict[str, Any], operation: SetAudience) -> Done:
    """Give the survey another audience; one that can't be read is refused."""
    reading = Reading(lines={}, languages=document["languages"])
    audience = read_audience(Spot(reading, "audience", to_tree(operation.audience)))
    if reading.faults:
        raise EditRefused(reading.faults)
    gap = {"contact_gap_days": operation.contact_gap_days}
    readers = {"contact_gap_days": whole(0, LONGEST_GAP_DAYS)}
    merge(document, clean(gap, readers, document["languages"]))
    document["audience"] = audience
    return operation.subject, {}


def add_mailing(document: dict[str, Any], operation: AddMailing) -> Done:
    """Add a mailing; a second invitation or thanks is refused."""
    readers: dict[str, Reader] = {"kind": lambda spot: as_one_of(spot, list(MailingKind))}
    cleaned = clean(operation.keys, {**readers, **_MAILING}, document["languages"])
    kinds = [mailing["kind"] for mailing in document["mailings"]]
    kind = cleaned.get("kind") or MailingKind.REMINDER
    if kind != MailingKind.REMINDER and kind in kinds:
        raise EditRefused.of("kind", _KIND_TAKEN)
    mailing = {"kind": str(kind)}
    _fill_mailing(mailing, {key: value for key, value in cleaned.items() if key != "kind"})
    document["mailings"].append(mailing)
    return f"mailing:{len(kinds)}", {"kind": mailing["kind"]}


def set_mailing(document: dict[str, Any], operation: SetMailing) -> Done:
    """Change a mailing."""
    mailing = _get_mailing(document, operation.mailing, operation.kind)
    _fill_mailing(mailing, clean(operation.keys, _MAILING, document["languages"]))
    return operation.subject, {"kind": operation.kind}


def delete_mailing(document: dict[str, Any], operation: DeleteMailing) -> Done:
    """Remove a mailing that is not the invitation."""
    _get_mailing(document, operation.mailing, operation.kind)
    if operation.kind == MailingKind.INVITATION:
        raise EditRefused.of("kind", _INVITATION_STAYS)
    del document["mailings"][operation.mailing]
    return operation.subject, {"kind": operation.kind}


def _get_mailing(document: dict[str, Any], index: int, kind: str) -> dict[str, Any]:
    mailing = get_part(document["mailings"], index)
    if mailing["kind"] != kind:
        raise SubjectGone
    return mailing


def _fill_mailing(mailing: dict[str, Any], cleaned: dict[str, Any]) -> None:
    """Lay the values over a mailing, which keeps one of its two kinds of time."""
    given = {key for key in ("at", "after_days") if cleaned.get(key)}
    if given:
        for key in {"at", "after_days"} - given:
            mailing.pop(key, None)
    merge(mailing, cleaned)
    if mailing["kind"] == MailingKind.INVITATION and not mailing.get("at"):
        raise EditRefused.of("at", _INVITATION_AT)
    if not mailing.get("at") and not mailing.get("after_days"):
        raise EditRefused.of("at", _NO_TIME)
