"""An uploaded list from one process to the next."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from models import RosterImport
from surveys.roster.columns import IdentityNumberColumn
from surveys.roster.imports import (
    ImportMoved,
    cancel_import,
    choose_columns,
    drop_contents,
    list_imports,
    queue_import,
    read_mapping,
    refuse_import,
)
from tests.conftest import NOW
from tests.roster.uploads import ONE_PERSON, make_list, stage, stage_and_try

MONTH = timedelta(days=30)


def _state(session: Session, row: RosterImport) -> tuple[str, bool]:
    session.refresh(row)
    return row.state, row.content is not None


def test_staged_import_holds_what_columns_are_chosen_by(session: Session) -> None:
    row = stage(session, ONE_PERSON)

    assert _state(session, row) == ("uploaded", True)
    assert row.sample is not None
    assert row.sample["rows"][0][1] == "Ayşe"
    assert row.mapping["Öğrenci No"] == "external_id"


def test_import_is_queued_only_after_it_was_tried_out(session: Session) -> None:
    row = stage(session, ONE_PERSON)

    with pytest.raises(ImportMoved):
        queue_import(session, row=row)

    tried = stage_and_try(session, make_list(3))
    queue_import(session, row=tried)
    assert _state(session, tried) == ("queued", True)
    assert tried.total_count == 3


def test_dry_run_is_kept_with_the_first_rejects_only(session: Session) -> None:
    content = make_list(1) + b"\r\n" + b"\r\n".join(b";Ali;;;" for _ in range(30))

    row = stage_and_try(session, content)

    findings = row.findings or {}
    assert (findings["created"], findings["rejected"], findings["reject_count"]) == (1, 30, 60)
    assert len(findings["rejects"]) == 20


def test_cancelled_import_drops_its_file_and_goes_nowhere(session: Session) -> None:
    row = stage_and_try(session, ONE_PERSON)

    cancel_import(session, row=row, now=NOW)

    assert _state(session, row) == ("cancelled", False)
    for move in (queue_import, lambda s, row: choose_columns(s, row=row, mapping={}, findings={})):
        with pytest.raises(ImportMoved):
            move(session, row=row)


def test_refused_import_drops_its_file_at_once(session: Session) -> None:
    row = stage(session, ONE_PERSON)

    refuse_import(session, row=row, refusal=IdentityNumberColumn(column="TCKN"), now=NOW)

    assert _state(session, row) == ("failed", False)
    assert row.fault is not None
    assert (row.fault["code"], row.fault["params"]) == (
        "identity_number_column",
        {"column": "TCKN"},
    )
    assert row.sample is None


def test_files_are_dropped_after_a_month(session: Session) -> None:
    done, left = stage(session, ONE_PERSON), stage(session, ONE_PERSON)
    done.state, done.finished_at = "done", NOW

    early = drop_contents(session, now=NOW + MONTH - timedelta(seconds=1))
    late = drop_contents(session, now=NOW + MONTH)

    assert (early, late) == (0, 2)
    assert _state(session, done) == ("done", False)
    assert _state(session, left) == ("cancelled", False)


def test_imports_are_listed_newest_first_and_mappings_read_back(session: Session) -> None:
    first, second = stage(session, ONE_PERSON), stage(session, ONE_PERSON)

    assert list_imports(session, limit=5) == [second, first]
    assert read_mapping({"A": "email", "B": "nothing"}) == {"A": "email", "B": "nothing"}
