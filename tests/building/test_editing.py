from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models import Staff, Survey
from surveys.building.conflicts import EditConflict
from surveys.building.editing import NothingToRedo, NothingToUndo, redo, restore, undo
from surveys.building.history import list_history
from surveys.building.operations import (
    AddQuestion,
    DeleteMailing,
    DeleteQuestion,
    DeleteSection,
    MoveSection,
    Operation,
    SetQuestion,
    SetSection,
    SetSurvey,
)
from surveys.building.places import SubjectGone, list_codes
from surveys.building.revisions import RevisionUnknown, SurveyAlreadyLaunched
from surveys.database import WRITE_OPTION
from tests.building.drafts import AYSE, ZEYNEP, do, make_draft
from tests.conftest import NOW
from tests.factories import make_survey

TITLE = SetSurvey({"title": {"tr": "Yeni başlık"}})


def ask(code: str, words: str) -> SetQuestion:
    return SetQuestion(code, {"text": {"tr": words}})


def edit_alone(engine: Engine, survey_id: int, operation: Operation) -> int:
    """Edit from the first revision on a connection of its own; return the new revision."""
    with Session(engine) as session:
        survey = session.get_one(Survey, survey_id)
        number = do(session, survey, operation, actor=ZEYNEP, base=1).number
        session.commit()
        return number


def test_edit_writes_the_document_and_its_revision(session: Session) -> None:
    survey = make_draft(session)

    revision = do(session, survey, TITLE)

    session.commit()
    assert (survey.revision, revision.number) == (2, 2)
    assert survey.definition["title"] == {"tr": "Yeni başlık", "en": "Graduates"}
    assert revision.definition == survey.definition
    assert (revision.action, revision.subject, revision.actor) == ("survey.set", "survey", AYSE)


def test_edit_follows_the_dates_and_the_indicator_of_the_document(session: Session) -> None:
    survey = make_draft(session)

    do(session, survey, SetSurvey({"opens_at": "2026-12-01T09:00", "indicator": "X", "year": 2027}))

    assert survey.opens_at.isoformat() == "2026-12-01T06:00:00+00:00"
    assert (survey.indicator_code, survey.year) == ("X", 2027)


def test_edit_that_changes_nothing_writes_nothing(session: Session) -> None:
    survey = make_draft(session)
    do(session, survey, TITLE)

    again = do(session, survey, TITLE)

    assert (survey.revision, again.number) == (2, 2)


def test_edits_of_different_things_from_the_same_page_are_both_kept(session: Session) -> None:
    survey = make_draft(session)
    do(session, survey, ask("nps", "Önerir misiniz?"), actor=AYSE, base=1)

    do(session, survey, ask("comment", "Ekler misiniz?"), actor=ZEYNEP, base=1)

    texts = [question["text"]["tr"] for question in survey.definition["sections"][0]["questions"]]
    assert (texts[0], texts[2]) == ("Önerir misiniz?", "Ekler misiniz?")


def test_edit_of_what_somebody_changed_meanwhile_is_told(session: Session) -> None:
    zeynep = Staff(email="z@example.edu.tr", name="Zeynep Kaya", role="editor", created_at=NOW)
    session.add(zeynep)
    session.flush()
    survey = make_draft(session)
    do(session, survey, ask("nps", "Zeynep'in sorusu"), actor=f"staff:{zeynep.id}", base=1)

    with pytest.raises(EditConflict, match="Zeynep Kaya changed this") as caught:
        do(session, survey, ask("nps", "Ayşe'nin sorusu"), actor="cli", base=1)

    assert caught.value.params["when"] == NOW
    assert survey.revision == 2


def test_own_earlier_edit_is_no_conflict(session: Session) -> None:
    survey = make_draft(session)
    do(session, survey, ask("nps", "Bir"), base=1)

    do(session, survey, ask("nps", "İki"), base=1)

    assert survey.definition["sections"][0]["questions"][0]["text"]["tr"] == "İki"


def test_section_meant_by_number_is_not_taken_for_another(session: Session) -> None:
    survey = make_draft(session, template="core")
    do(session, survey, MoveSection(0, 2), base=1)

    with pytest.raises(EditConflict):
        do(session, survey, SetSection(0, {"title": {"tr": "Genel"}}), base=1)


def test_section_with_a_question_edited_meanwhile_is_not_deleted(session: Session) -> None:
    survey = make_draft(session, template="core")
    do(session, survey, ask("nps", "Yeni"), actor=ZEYNEP, base=1)

    with pytest.raises(EditConflict):
        do(session, survey, DeleteSection(0), actor=AYSE, base=1)


def test_second_press_deletes_no_second_mailing(session: Session) -> None:
    survey = make_draft(session, template="core")
    do(session, survey, DeleteMailing(1, "reminder"), base=1)

    with pytest.raises(EditConflict):
        do(session, survey, DeleteMailing(1, "reminder"), base=1)

    assert len(survey.definition["mailings"]) == 3


def test_question_deleted_meanwhile_is_told(session: Session) -> None:
    survey = make_draft(session)
    do(session, survey, DeleteQuestion("nps"))

    with pytest.raises(SubjectGone):
        do(session, survey, ask("nps", "Yeni"))


def test_launched_survey_is_not_edited(session: Session) -> None:
    survey = make_survey(session)

    with pytest.raises(SurveyAlreadyLaunched):
        do(session, survey, TITLE)


def test_undo_and_redo_walk_along_the_operations(session: Session) -> None:
    survey = make_draft(session)
    first = survey.definition
    second = do(session, survey, TITLE).definition
    third = do(session, survey, DeleteQuestion("nps")).definition

    walked = [
        step(session, survey=survey, actor=AYSE, now=NOW).definition
        for step in (undo, undo, redo, redo, undo, undo)
    ]

    assert walked == [second, first, second, third, second, first]


def test_undo_stops_at_the_beginning(session: Session) -> None:
    survey = make_draft(session)

    with pytest.raises(NothingToUndo):
        undo(session, survey=survey, actor=AYSE, now=NOW)


def test_redo_ends_with_the_next_operation(session: Session) -> None:
    survey = make_draft(session)
    do(session, survey, DeleteQuestion("nps"))
    undo(session, survey=survey, actor=AYSE, now=NOW)
    do(session, survey, TITLE)

    with pytest.raises(NothingToRedo):
        redo(session, survey=survey, actor=AYSE, now=NOW)


def test_undo_of_another_persons_operation_says_whose_it_was(session: Session) -> None:
    survey = make_draft(session)
    do(session, survey, DeleteQuestion("nps"), actor=ZEYNEP)

    revision = undo(session, survey=survey, actor=AYSE, now=NOW)

    assert (revision.undoes, revision.subject) == (2, "question:nps")
    assert revision.details == {"action": "question.delete", "whose": ZEYNEP}


def test_restored_revision_can_be_undone(session: Session) -> None:
    survey = make_draft(session)
    first = survey.definition
    changed = do(session, survey, AddQuestion(0, {"type": "yes_no"})).definition

    restore(session, survey=survey, number=1, actor=AYSE, now=NOW)

    assert survey.definition == first
    assert undo(session, survey=survey, actor=AYSE, now=NOW).definition == changed


def test_unknown_revision_is_not_restored(session: Session) -> None:
    survey = make_draft(session)

    with pytest.raises(RevisionUnknown):
        restore(session, survey=survey, number=7, actor=AYSE, now=NOW)


def test_history_tells_who_did_what_newest_first(session: Session) -> None:
    survey = make_draft(session)
    do(session, survey, DeleteQuestion("nps"))
    undo(session, survey=survey, actor=ZEYNEP, now=NOW + timedelta(minutes=2))

    steps = list_history(session, survey=survey)

    told = [(step.number, step.words, step.subject, step.actor) for step in steps]
    assert told == [
        (3, "Undone", "question:nps", ZEYNEP),
        (2, "Question deleted", "question:nps", AYSE),
        (1, "Survey started", None, AYSE),
    ]


def test_draft_from_before_the_history_can_be_gone_back_to(session: Session) -> None:
    survey = make_survey(session, launched_at=None)
    before = survey.definition

    do(session, survey, DeleteQuestion("nps"))

    assert list_codes(survey.definition) == ["satisfaction"]
    assert undo(session, survey=survey, actor=AYSE, now=NOW).definition == before


def test_edits_at_the_same_moment_are_both_kept(session: Session) -> None:
    survey = make_draft(session)
    survey_id = survey.id
    session.commit()
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    writing = engine.execution_options(**{WRITE_OPTION: True})
    with Session(writing) as first, ThreadPoolExecutor(1) as pool:
        do(first, first.get_one(Survey, survey_id), ask("nps", "Bir"), base=1)

        second = pool.submit(edit_alone, writing, survey_id, ask("comment", "İki"))
        with pytest.raises(TimeoutError):
            second.result(timeout=0.5)
        first.commit()

        assert second.result(timeout=5) == 3
    session.refresh(survey)
    texts = [question["text"]["tr"] for question in survey.definition["sections"][0]["questions"]]
    assert (texts[0], texts[2]) == ("Bir", "İki")
