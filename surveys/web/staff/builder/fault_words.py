"""A fault of a draft in words: which field of its card or form it means, then what is wrong."""

import re

from surveys.building.faults import Fault
from surveys.errors import N_
from surveys.web.words import gettext

_PART = re.compile(
    r"^(?:sections\[[0-9]+\]\.)?(?:questions\[[0-9]+\]\.)?([a-z_]+)(?:\[([0-9]+)\])?"
)
FIELDS = {
    "title": N_("Title"),
    "purpose": N_("Purpose"),
    "text": N_("Question text"),
    "hint": N_("Hint"),
    "scale": N_("Ends of the scale"),
    "show_if": N_("Condition"),
    "opens_at": N_("Opening"),
    "closes_at": N_("Closing"),
    "code": N_("Code"),
}
NUMBERED = {"options": N_("Answer %(number)s"), "items": N_("Item %(number)s")}


def say_fault(fault: Fault) -> str:
    """Return the sentence with the field before it, where the place names one."""
    sentence = gettext(fault.message, **fault.params)
    found = _PART.match(fault.place)
    key, index = found.groups() if found else ("", None)
    if key in NUMBERED and index is not None:
        return f"{gettext(NUMBERED[key], number=int(index) + 1)}: {sentence}"
    return f"{gettext(FIELDS[key])}: {sentence}" if key in FIELDS else sentence
