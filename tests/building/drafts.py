"""A small draft in the database, and the operations that a test does to it."""

from typing import Any

from sqlalchemy.orm import Session

from models import Survey, SurveyRevision
from surveys.building.editing import edit
from surveys.building.operations import Operation
from surveys.building.starting import NewDraft, start_draft
from tests.conftest import NOW

AYSE, ZEYNEP = "staff:1", "staff:2"


def make_draft(session: Session, *, template: str | None = "pulse", **over: Any) -> Survey:
    """A draft with one section that asks nps, satisfaction and comment."""
    new = NewDraft(title={"tr": "Mezun anketi", "en": "Graduates"}, template=template, **over)
    return start_draft(session, new=new, actor=AYSE, now=NOW)


def do(
    session: Session, survey: Survey, operation: Operation, *, actor: str = AYSE, base: int = 0
) -> SurveyRevision:
    """Apply an operation; from a form made from the present revision unless `base` is given."""
    return edit(
        session,
        survey=survey,
        operation=operation,
        base_revision=base or survey.revision,
        actor=actor,
        now=NOW,
    )
