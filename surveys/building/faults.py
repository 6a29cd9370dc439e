"""What is wrong with a definition and where; all of it is collected before anything is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from surveys.errors import N_, DonutError

SHOWN_LENGTH = 60
SHOWN_NAMES = 20

# A definition as it came: texts for all scalars, None for nothing. Meaning is given later.
Tree = Mapping[str, "Tree"] | Sequence["Tree"] | str | None


@dataclass(frozen=True)
class Fault:
    """One fault: its place (`sections[2].questions[1].code`), a sentence, the line where known.

    `is_warning`: nothing is refused for it. `subject`: what of a draft it concerns, see `problems`.
    """

    place: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    line: int | None = None
    is_warning: bool = False
    subject: str | None = None


class DefinitionRefused(DonutError):
    """The definition can't be used; `faults` names everything that is wrong with it."""

    code = "definition_refused"
    message = N_("Faults in the survey definition: %(count)s. Nothing was saved.")

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(count=len(faults))
        self.faults = faults


@dataclass
class Reading:
    """What one pass over a definition knows (lines by place, languages) and has found wrong."""

    lines: Mapping[str, int]
    languages: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def refuse(self, place: str, message: str, /, **params: Any) -> None:
        """Note a fault; texts among `params` are made fit to be shown, lists are joined."""
        self._note(place, message, params, is_warning=False)

    def warn(self, place: str, message: str, /, **params: Any) -> None:
        """Note what should be looked at, but blocks nothing."""
        self._note(place, message, params, is_warning=True)

    def raise_if_faulty(self) -> None:
        """Raise DefinitionRefused with what blocks, in the order in which it stands in the file."""
        blocking = [fault for fault in self.faults if not fault.is_warning]
        if blocking:
            raise DefinitionRefused(sorted(blocking, key=lambda fault: fault.line or 0))

    def _note(
        self, place: str, message: str, params: Mapping[str, object], *, is_warning: bool
    ) -> None:
        shown = {name: _shown(value) for name, value in params.items()}
        self.faults.append(Fault(place, message, shown, self._line_of(place), is_warning))

    def _line_of(self, place: str) -> int | None:
        """Return the line of the place, or of the nearest thing around it that stands there."""
        while place and place not in self.lines:
            place = place[: max(place.rfind("."), place.rfind("["), 0)]
        return self.lines.get(place)


@dataclass(frozen=True)
class Spot:
    """A value of the definition together with where it stands."""

    reading: Reading
    place: str
    value: Tree

    def refuse(self, message: str, /, **params: Any) -> None:
        """Note a fault of this value."""
        self.reading.refuse(self.place, message, **params)

    def warn(self, message: str, /, **params: Any) -> None:
        """Note what should be looked at about this value."""
        self.reading.warn(self.place, message, **params)

    def under(self, key: str, value: Tree) -> "Spot":
        """Return the spot of one key's value."""
        return Spot(self.reading, join(self.place, key), value)


def join(place: str, key: str) -> str:
    """Return the place of `key` inside `place`."""
    return f"{place}.{quote(key)}" if place else quote(key)


def quote(text: str) -> str:
    """Return `text` short, on one line and without characters that can't be printed."""
    cut = text if len(text) <= SHOWN_LENGTH else f"{text[:SHOWN_LENGTH]}…"
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in cut)


def _shown(value: object) -> object:
    if isinstance(value, str):
        return quote(value)
    if not isinstance(value, list):
        return value
    rest = ["…"] if len(value) > SHOWN_NAMES else []
    return ", ".join([*map(quote, value[:SHOWN_NAMES]), *rest])
