"""An operation on a document → the next document. The document that comes in stays as it is."""

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from surveys.building import operations as known
from surveys.building import question_changes, survey_changes
from surveys.building.operations import Operation

Change = Callable[[dict[str, Any], Any], tuple[str, dict[str, Any]]]

CHANGES: dict[type[Operation], Change] = {
    known.AddQuestion: question_changes.add_question,
    known.SetQuestion: question_changes.set_question,
    known.MoveQuestion: question_changes.move_question,
    known.DuplicateQuestion: question_changes.duplicate_question,
    known.DeleteQuestion: question_changes.delete_question,
    known.AddSection: survey_changes.add_section,
    known.SetSection: survey_changes.set_section,
    known.MoveSection: survey_changes.move_section,
    known.DeleteSection: survey_changes.delete_section,
    known.SetSurvey: survey_changes.set_survey,
    known.SetAudience: survey_changes.set_audience,
    known.AddMailing: survey_changes.add_mailing,
    known.SetMailing: survey_changes.set_mailing,
    known.DeleteMailing: survey_changes.delete_mailing,
}


@dataclass(frozen=True)
class Applied:
    """The next document, what was touched (of an addition: what is new), and what came with it."""

    document: dict[str, Any]
    subject: str
    details: dict[str, Any]


def apply(operation: Operation, document: dict[str, Any]) -> Applied:
    """Return what the operation makes of a draft's document. Raises EditRefused, SubjectGone."""
    changed = deepcopy(document)
    subject, details = CHANGES[type(operation)](changed, operation)
    return Applied(changed, subject, details)


def apply_all(operations: Iterable[Operation], document: dict[str, Any]) -> dict[str, Any]:
    """Return what the operations make of a document, one after the other."""
    for operation in operations:
        document = apply(operation, document).document
    return document
