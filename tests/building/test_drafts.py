from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Survey
from surveys.building.definition import Definition, from_document, to_document
from surveys.building.drafts import CodeJustTaken, DraftOfOtherKind, create_draft, save_draft
from surveys.building.editing import undo
from surveys.building.history import list_history
from surveys.building.publishing import NOTICE_VERSION, publish
from surveys.building.revisions import LOAD, Act, SurveyAlreadyLaunched
from tests.building.documents import make_full_document, text
from tests.conftest import NOW


def make_definition() -> Definition:
    return from_document(make_full_document())


def test_draft_holds_the_definition_and_its_instants(session: Session) -> None:
    definition = make_definition()

    draft = save_draft(session, definition=definition, is_demo=False, now=NOW)

    session.commit()
    assert from_document(draft.definition) == definition
    assert draft.opens_at == datetime(2026, 11, 23, 7, tzinfo=UTC)
    assert draft.closes_at == datetime(2026, 12, 31, 20, 59, tzinfo=UTC)
    assert (draft.indicator_code, draft.year) == ("PG3.3.5", 2026)
    assert (draft.revision, draft.is_demo, draft.launched_at) == (1, False, None)


def test_draft_of_the_same_code_is_replaced(session: Session) -> None:
    save_draft(session, definition=make_definition(), is_demo=True, now=NOW)
    changed = replace(make_definition(), title=text("new"), indicator=None)
    later = NOW + timedelta(hours=1)

    draft = save_draft(session, definition=changed, is_demo=True, now=later)

    assert session.scalar(select(func.count(Survey.id))) == 1
    assert (draft.revision, draft.created_at, draft.updated_at) == (2, NOW, later)
    assert (draft.definition["title"], draft.indicator_code) == (text("new"), None)


def test_file_loaded_over_a_draft_is_a_revision_that_can_be_undone(session: Session) -> None:
    draft = save_draft(session, definition=make_definition(), is_demo=False, now=NOW)
    changed = replace(make_definition(), title=text("new"))

    save_draft(session, definition=changed, is_demo=False, now=NOW, actor="staff:1")

    last = list_history(session, survey=draft)[0]
    assert (last.words, last.actor) == ("Loaded from a file", "staff:1")
    undo(session, survey=draft, actor="staff:1", now=NOW)
    assert from_document(draft.definition) == make_definition()


def test_launched_survey_is_not_replaced(session: Session) -> None:
    draft = save_draft(session, definition=make_definition(), is_demo=False, now=NOW)
    draft.launched_at = NOW

    with pytest.raises(SurveyAlreadyLaunched, match="izleme-2026 is launched already"):
        save_draft(session, definition=make_definition(), is_demo=False, now=NOW)

    assert draft.revision == 1


@pytest.mark.parametrize("is_demo", [True, False])
def test_demo_and_real_draft_do_not_replace_each_other(session: Session, *, is_demo: bool) -> None:
    save_draft(session, definition=make_definition(), is_demo=is_demo, now=NOW)

    with pytest.raises(DraftOfOtherKind):
        save_draft(session, definition=make_definition(), is_demo=not is_demo, now=NOW)


def test_version_is_frozen_with_the_next_number(session: Session) -> None:
    definition = make_definition()
    draft = save_draft(session, definition=definition, is_demo=False, now=NOW)
    first = publish(session, survey=draft, now=NOW)
    save_draft(session, definition=replace(definition, title=text("new")), is_demo=False, now=NOW)

    second = publish(session, survey=draft, now=NOW)

    session.commit()
    assert (first.number, second.number) == (1, 2)
    assert first.definition == to_document(definition)
    assert second.definition["title"] == text("new")
    assert second.notice_version == NOTICE_VERSION


def test_second_of_two_new_drafts_with_one_code_is_refused(session: Session) -> None:
    document = make_full_document()
    act = Act(LOAD, "cli", NOW)
    create_draft(session, document=document, is_demo=False, act=act)

    with pytest.raises(CodeJustTaken, match=document["code"]):
        create_draft(session, document=document, is_demo=False, act=act)

    assert session.scalars(select(func.count()).select_from(Survey)).one() == 1
