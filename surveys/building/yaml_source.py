"""YAML text → a tree of texts with the line of each place, built from parser events alone.

No constructor runs: `no`, `2026` and `2026-11-23T10:00` stay as written, and the reader that
expects a value gives it meaning. Aliases, tags and depth are refused: a small file stays small.
"""

from dataclasses import dataclass
from typing import Any

import yaml

from surveys.building.faults import DefinitionRefused, Fault, Reading, Tree, join
from surveys.errors import N_

DEPTH_LIMIT = 20
# libyaml reads `{tr: Memnun musunuz?}` as YAML has it; the parser in Python stops at the `?`.
LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
NOTHING = frozenset({"", "~", "null", "Null", "NULL"})

TOO_DEEP = N_("Here more than %(limit)s levels stand inside each other. Check the brackets.")
DUPLICATE_KEY = N_("This key stands here twice. Remove one of the two.")
_NOT_YAML = N_(
    "This can't be read as YAML. Check indentation and colons here and in the line before, and put"
    " texts with a colon between quotation marks."
)
_UNPRINTABLE = N_("A character here can't be printed (code %(character)s). Remove it.")
_ALIAS = N_("Anchors and aliases (&, *) can't be used. Write the value out at each place.")
_TAG = N_("Tags such as %(tag)s can't be used. Remove it.")
_KEY = N_("A list or mapping can't be a key. Check the brackets and dashes.")
_DOCUMENTS = N_("The file holds several documents (---). Keep one.")


@dataclass
class _Frame:
    """A mapping or list that is not closed yet; `key` is the one that waits for its value."""

    place: str
    holder: dict[str, Tree] | list[Tree]
    key: str | None = None


def read_yaml(text: str, reading: Reading, lines: dict[str, int]) -> Tree:
    """Return the tree of `text`; fills `lines` and notes what can be noted without giving up.

    Raises DefinitionRefused at the first thing that leaves the rest without a meaning.
    """
    bad = yaml.reader.Reader.NON_PRINTABLE.search(text)
    if bad is not None:
        line = text.count("\n", 0, bad.start()) + 1
        raise _given_up(_UNPRINTABLE, line=line, character=f"U+{ord(bad[0]):04X}")
    builder = _Builder(reading, lines)
    try:
        for event in yaml.parse(text, Loader=LOADER):
            builder.take(event)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        raise _given_up(_NOT_YAML, line=mark.line + 1 if mark else None) from None
    return builder.tree


class _Builder:
    """Takes the parser's events in order; afterwards `tree` is the document."""

    def __init__(self, reading: Reading, lines: dict[str, int]) -> None:
        self.tree: Tree = None
        self.reading = reading
        self.lines = lines
        self.frames: list[_Frame] = []
        self.document_count = 0

    def take(self, event: Any) -> None:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            raise _given_up(_ALIAS, line=line)
        if isinstance(event, yaml.DocumentStartEvent):
            self.document_count += 1
            if self.document_count > 1:
                raise _given_up(_DOCUMENTS, line=line)
        elif isinstance(event, yaml.ScalarEvent):
            self._take_scalar(event, line)
        elif isinstance(event, yaml.MappingStartEvent):
            self._open({}, event, line)
        elif isinstance(event, yaml.SequenceStartEvent):
            self._open([], event, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.frames.pop()

    def _take_scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        frame = self.frames[-1] if self.frames else None
        if frame and isinstance(frame.holder, dict) and frame.key is None:
            self._take_key(frame, event.value, line)
            return
        is_nothing = not event.style and event.value in NOTHING
        place = self._put(None if is_nothing else event.value, line)
        self._check_tag(event, place)

    def _take_key(self, frame: _Frame, key: str, line: int) -> None:
        place = join(frame.place, key)
        if key in frame.holder:
            self.reading.faults.append(Fault(place, DUPLICATE_KEY, line=line))
        self.lines.setdefault(place, line)
        frame.key = key

    def _open(self, holder: dict[str, Tree] | list[Tree], event: Any, line: int) -> None:
        if len(self.frames) >= DEPTH_LIMIT:
            raise _given_up(TOO_DEEP, line=line, limit=DEPTH_LIMIT)
        place = self._put(holder, line)
        self._check_tag(event, place)
        self.frames.append(_Frame(place, holder))

    def _put(self, value: Tree, line: int) -> str:
        """Give `value` to what waits for it and return its place; a key's first value stays."""
        if not self.frames:
            self.tree = value
            return ""
        frame = self.frames[-1]
        if isinstance(frame.holder, list):
            place = f"{frame.place}[{len(frame.holder)}]"
            self.lines.setdefault(place, line)
            frame.holder.append(value)
            return place
        if frame.key is None:
            raise _given_up(_KEY, line=line)
        place = join(frame.place, frame.key)
        frame.holder.setdefault(frame.key, value)
        frame.key = None
        return place

    def _check_tag(self, event: Any, place: str) -> None:
        if event.tag is not None:
            self.reading.refuse(place, _TAG, tag=event.tag)


def _given_up(message: str, *, line: int | None, **params: Any) -> DefinitionRefused:
    return DefinitionRefused([Fault("", message, params, line)])
