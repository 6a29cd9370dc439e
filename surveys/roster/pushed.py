"""One person as the alumni system pushes them → cells under headings, as a row of a file has them.

A field is named as in the roster, a further one stands under `attributes`. A name that is absent
changes nothing; null and "" empty the value, as an empty cell does.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from surveys.errors import N_
from surveys.roster.cells import FORBIDDEN, Reason, show
from surveys.roster.checking import Fault
from surveys.roster.columns import HEADING_LENGTH
from surveys.roster.fields import Field

FIELDS = {item.value: item for item in Field}
ATTRIBUTES = "attributes"
# Where a fault stands that leaves nothing of a person to be read.
WHOLE_LINE = ""
MOST_ATTRIBUTES = 60
LONGEST_LINE_BYTES = 64 * 1024

NO_JSON = Reason("malformed_json", N_("This line is no JSON."))
LINE_TOO_LONG = Reason(
    "line_too_long",
    N_("The line has more than %(limit)s bytes, which no one person needs."),
    {"limit": LONGEST_LINE_BYTES},
)
NO_OBJECT = Reason("not_an_object", N_("One person is one JSON object."))
NO_OBJECT_OF_TEXTS = Reason(
    "not_an_object", N_("Attributes are one JSON object of names and texts.")
)
UNKNOWN_FIELD = Reason(
    "unknown_field",
    N_("There is no such field. What the roster has no field for stands under attributes."),
)
NO_TEXT = Reason("not_a_text", N_("This must be a text, or null."))
NO_INTEGER = Reason("not_an_integer", N_("This must be a whole number, or null."))
TOO_MANY_ATTRIBUTES = Reason(
    "too_many_attributes",
    N_("At most %(limit)s different attributes are taken in one push."),
    {"limit": MOST_ATTRIBUTES},
)
BAD_HEADING = Reason(
    "bad_attribute_name",
    N_(
        "The name of an attribute has 1 to %(limit)s characters, none of them a control character,"
        " and is not that of a field."
    ),
    {"limit": HEADING_LENGTH},
)


@dataclass
class Pushed:
    """What was pushed of one person: texts by field and by attribute, and what was not taken."""

    fields: dict[Field, str] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def refuse(self, path: str, value: object, reason: Reason) -> None:
        """Note a fault for which the person is not taken in."""
        text = value if isinstance(value, str) else ""
        self.faults.append(Fault(path, text, reason, is_fatal=True))


def read_line(line: bytes) -> Pushed:
    """Return what one line of a push says."""
    if len(line) > LONGEST_LINE_BYTES:
        return _refused(LINE_TOO_LONG)
    try:
        document = json.loads(line, object_pairs_hook=_object, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return _refused(NO_JSON)
    return read_person(document)


def read_person(document: object) -> Pushed:
    """Return what a JSON document says of one person."""
    if not isinstance(document, dict):
        return _refused(NO_OBJECT)
    pushed = Pushed()
    for name, value in document.items():
        if name == ATTRIBUTES:
            _read_attributes(pushed, value)
        elif name in FIELDS:
            _read_field(pushed, FIELDS[name], value)
        else:
            pushed.refuse(escape_pointer(show(name)), "", UNKNOWN_FIELD)
    return pushed


def escape_pointer(name: str) -> str:
    """Return a name as it stands in a JSON pointer (RFC 6901, section 3)."""
    return name.replace("~", "~0").replace("/", "~1")


def attribute_path(heading: str) -> str:
    """Return where an attribute stands in a person's document."""
    return f"{ATTRIBUTES}/{escape_pointer(heading)}"


def _read_field(pushed: Pushed, name: Field, value: object) -> None:
    if name is Field.GRADUATION_YEAR:
        is_integer = isinstance(value, int) and not isinstance(value, bool)
        if value is None or is_integer:
            pushed.fields[name] = "" if value is None else str(value)
        else:
            pushed.refuse(name.value, value, NO_INTEGER)
    elif value is None or isinstance(value, str):
        pushed.fields[name] = value or ""
    else:
        pushed.refuse(name.value, value, NO_TEXT)


def _read_attributes(pushed: Pushed, value: object) -> None:
    if not isinstance(value, dict):
        pushed.refuse(ATTRIBUTES, value, NO_OBJECT_OF_TEXTS)
        return
    if len(value) > MOST_ATTRIBUTES:
        pushed.refuse(ATTRIBUTES, "", TOO_MANY_ATTRIBUTES)
        return
    texts: Mapping[str, Any] = value
    for name, text in texts.items():
        heading = " ".join(name.split())
        path = attribute_path(show(name))
        is_usual = 0 < len(heading) <= HEADING_LENGTH and not FORBIDDEN.search(heading)
        if not is_usual or heading in FIELDS or heading in pushed.attributes:
            pushed.refuse(path, "", BAD_HEADING)
        elif text is None or isinstance(text, str):
            pushed.attributes[heading] = text or ""
        else:
            pushed.refuse(path, "", NO_TEXT)


def _refused(reason: Reason) -> Pushed:
    pushed = Pushed()
    pushed.refuse(WHOLE_LINE, "", reason)
    return pushed


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a name that stands twice, as the API does: one of the two would be lost silently."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name stands twice")
    return made


def _refuse_constant(name: str) -> NoReturn:
    """Refuse NaN and the infinities, which are no JSON."""
    raise ValueError(name)
