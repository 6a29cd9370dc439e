"""A walk through a draft's sections with what was tried out in its form; nothing is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surveys.answering import sections
from surveys.answering.conditions import Answers
from surveys.answering.faults import Fault
from surveys.answering.reading import field_names, merge_form
from surveys.building.definition import Definition

Fields = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Stop:
    """Where the walk stands: the section's index, None past the last one.

    `faults` are what keeps it there; `carried` the fields of other sections.
    """

    section: int | None
    answers: Answers
    faults: Sequence[Fault]
    carried: Fields


def walk(definition: Definition, fields: Fields, *, section: int, action: str) -> Stop:
    """Return where `action` (`next`, `submit`, `back`, else none) leads from `section`."""
    start = min(max(section, 0), len(definition.sections) - 1)
    shown = start if action else None
    merged = merge_form(definition, stored={}, form=fields, section=shown)
    faults: Sequence[Fault] = []
    target: int | None = start
    if action in {"next", "submit"}:
        missing = sections.list_missing(definition, merged.answers, section=start)
        faults = [*merged.faults, *missing]
        target = start if faults else sections.find_next(definition, merged.answers, start)
    elif action == "back":
        target = sections.find_previous(definition, merged.answers, start) or 0
    return Stop(target, merged.answers, faults, _list_carried(definition, fields, target))


def _list_carried(definition: Definition, fields: Fields, section: int | None) -> Fields:
    questions = [] if section is None else definition.sections[section].questions
    shown = {name for question in questions for name in field_names(question)}
    return {name: values for name, values in fields.items() if name not in shown}
