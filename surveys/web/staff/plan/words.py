"""The words of a plan: notes and faults as sentences, reasons for being left out, fields, kinds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from models import MailingKind
from surveys.building.faults import Fault
from surveys.errors import N_
from surveys.i18n import format_date, format_instant, format_integer, pick_text
from surveys.inviting.notes import KIND_WORDS, Note
from surveys.web.words import current_language, gettext


@dataclass(frozen=True)
class Reason:
    """Why somebody gets no mail: in a few words, what it means, what it does to the rate."""

    name: str
    meaning: str
    is_case: bool


REASONS: Mapping[str, Reason] = {
    "missing": Reason(
        N_("No e-mail address"), N_("The roster holds no address for these people."), is_case=True
    ),
    "malformed": Reason(
        N_("Address can't be used"),
        N_("The address in the roster is none: letters that mail can't carry, or no @."),
        is_case=True,
    ),
    "suppressed": Reason(
        N_("Wants no e-mail"),
        N_("They said so themselves, or staff put them on the list of those who get no mail."),
        is_case=True,
    ),
    "ineligible": Reason(
        N_("Not a graduate, or died"), N_("Staff recorded it on the person's page."), is_case=False
    ),
    "asked_lately": Reason(
        N_("Asked lately"),
        N_("Another survey wrote to them within the days that you chose to leave in between."),
        is_case=False,
    ),
}
FIELD_WORDS: Mapping[str, str] = {
    "unit": N_("Faculty or unit"),
    "programme": N_("Programme"),
    "degree": N_("Degree"),
    "graduation_year": N_("Graduation year"),
    "graduation_date": N_("Graduation date"),
    "language": N_("Language"),
    "gender": N_("Gender"),
    "external_id": N_("Student number"),
    "email": N_("E-mail"),
    "phone": N_("Phone"),
    "given_name": N_("Given name"),
    "family_name": N_("Family name"),
}
LANGUAGE_WORDS: Mapping[str, str] = {"tr": N_("Turkish"), "en": N_("English")}


def field_name(field: str) -> str:
    """Return the name of a roster field; a further heading stands as the office wrote it."""
    return gettext(FIELD_WORDS[field]) if field in FIELD_WORDS else field


def kind_name(kind: str) -> str:
    """Return the word for a MailingKind."""
    return gettext(KIND_WORDS[kind])


def say_note(note: Note, zone: ZoneInfo) -> str:
    """Return a note of the check as a sentence."""
    shown = {name: _shown(value, zone) for name, value in note.params.items()}
    return gettext(note.message, **shown)


def say_fault(fault: Fault) -> str:
    """Return a fault of the draft as a sentence."""
    return gettext(fault.message, **fault.params)


def day(value: date, pattern: str) -> str:
    """Return a date in the page's language by a Babel pattern."""
    return format_date(value, current_language(), pattern=pattern)


def _shown(value: object, zone: ZoneInfo) -> object:
    if isinstance(value, datetime):
        return format_instant(value, current_language(), zone)
    if isinstance(value, dict):
        return pick_text(value, current_language())
    if isinstance(value, MailingKind) or value in KIND_WORDS:
        return kind_name(str(value))
    return format_integer(value, current_language()) if isinstance(value, int) else value
