"""What the form's template is given: one section as plain values, no rows and no rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surveys.answering import sections
from surveys.answering.conditions import Answers, is_asked
from surveys.answering.faults import Fault
from surveys.answering.opening import Sheet
from surveys.building.definition import Definition, Question
from surveys.web.respondent.shown import Shown, say_fault, show_question

Fields = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Mistake:
    """One line of the error summary: where to go and what to do."""

    field: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class FormPage:
    """One section as it is shown: index `section`, the `number`th of `count` reachable ones."""

    definition: Definition
    section: int
    number: int
    count: int | None
    shown: list[Shown]
    fields: Fields
    mistakes: list[Mistake]
    revision: int
    is_changing: bool
    is_last: bool


def make_page(
    sheet: Sheet, *, section: int, answers: Answers, fields: Fields, faults: Sequence[Fault] = ()
) -> FormPage:
    """Return the page of one section, filled with `fields` and with `faults` beside them."""
    definition = sheet.definition
    reachable = sections.list_reachable(definition, answers)
    return FormPage(
        definition=definition,
        section=section,
        number=sum(index <= section for index in reachable) or 1,
        count=sections.count_sections(definition, answers),
        shown=_list_shown(definition, section, answers, faults),
        fields=fields,
        mistakes=[Mistake(fault.field, say_fault(fault)) for fault in faults],
        revision=sheet.revision,
        is_changing=sheet.is_changing,
        is_last=sections.find_next(definition, answers, section) is None,
    )


def _list_shown(
    definition: Definition, section: int, answers: Answers, faults: Sequence[Fault]
) -> list[Shown]:
    """Return what stands on the page: all asked now, or by a trigger that stands there too."""
    fault_by_code = {fault.question.code: fault for fault in faults}
    on_page: dict[str, Question] = {}
    shown: list[Shown] = []
    for question in definition.sections[section].questions:
        trigger = on_page.get(question.show_if.question) if question.show_if else None
        if trigger is None and not is_asked(question, definition=definition, answers=answers):
            continue
        opens_group = not shown or shown[-1].question.show_if != question.show_if
        fault = fault_by_code.get(question.code)
        on_page[question.code] = question
        shown.append(show_question(question, trigger=trigger, opens_group=opens_group, fault=fault))
    return shown
