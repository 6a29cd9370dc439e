"""Long pushes run by the scheduler: resumed after a kill, given up after faults of ours."""

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from models import Alumnus, AuditEntry, RosterImport, RosterImportPart, RosterImportRow
from surveys.jobs.importing import MOST_STUMBLES
from surveys.jobs.table import get_job, run_job
from surveys.roster import taking
from surveys.roster.pushes import Push, split_parts, stage_push
from surveys.roster.running import BATCH_ROWS
from tests.conftest import NOW

PEOPLE = 2 * BATCH_ROWS + 5


def _stage(session: Session, count: int, *, is_dry_run: bool = False) -> RosterImport:
    lines = (json.dumps({"external_id": f"p{number}"}).encode() for number in range(count))
    push = Push("apk_abcdefgh", is_demo=False, is_dry_run=is_dry_run)
    row = stage_push(session, push=push, parts=split_parts([b"\n".join(lines)]), now=NOW)
    session.commit()
    return row


def _run(app: Flask) -> dict[str, int]:
    return run_job(app, get_job("import-rosters"))


def _reload(session: Session) -> RosterImport:
    session.rollback()
    session.expire_all()
    return session.scalars(select(RosterImport)).one()


def _count(session: Session, model: type[Any]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def _break_batch(
    monkeypatch: pytest.MonkeyPatch, fault: BaseException, *, number: int
) -> list[BaseException]:
    """Let the batch of this number and all behind it end in `fault`; return what was raised."""
    whole = taking.take_batch
    taken: list[int] = []
    raised: list[BaseException] = []

    def take(session: Session, **given: object) -> None:
        if len(taken) + 1 >= number:
            raised.append(fault)
            raise fault
        whole(session, **given)  # type: ignore[arg-type] # handed on as they came
        taken.append(1)

    monkeypatch.setattr(taking, "take_batch", take)
    return raised


@pytest.mark.parametrize("is_dry_run", [False, True])
def test_push_goes_on_where_a_dead_process_left_it(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch, *, is_dry_run: bool
) -> None:
    _stage(session, PEOPLE, is_dry_run=is_dry_run)
    _break_batch(monkeypatch, KeyboardInterrupt(), number=2)
    with pytest.raises(KeyboardInterrupt):
        _run(app)
    monkeypatch.undo()

    assert _run(app) == {"rows": PEOPLE - BATCH_ROWS}

    row = _reload(session)
    assert (row.state, row.done_count, row.counts["created"]) == ("done", PEOPLE, PEOPLE)
    numbers = session.scalars(select(RosterImportRow.number).order_by(RosterImportRow.number)).all()
    assert list(numbers) == list(range(1, PEOPLE + 1))
    assert _count(session, Alumnus) == (0 if is_dry_run else PEOPLE)
    assert _count(session, RosterImportPart) == 0


def test_push_that_a_fault_of_ours_breaks_off_again_and_again_has_failed(
    app: Flask, session: Session
) -> None:
    row = _stage(session, 1)
    # A row that only a fault of ours could have left there: the outcome can't be kept twice.
    session.add(RosterImportRow(import_id=row.id, number=1, outcome="created", faults=[]))
    session.commit()

    for _ in range(MOST_STUMBLES):
        with pytest.raises(IntegrityError):
            _run(app)

    failed = _reload(session)
    assert (failed.state, failed.finished_at) == ("failed", NOW)
    assert failed.fault is not None
    assert failed.fault["code"] == "import_broken"
    assert [_count(session, model) for model in (Alumnus, RosterImportPart, AuditEntry)] == [0] * 3
    session.rollback()
    assert _run(app) == {"rows": 0}


def test_stumbles_are_forgotten_once_a_batch_is_in(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    _stage(session, PEOPLE)
    for number in (1, 1, 2):
        _break_batch(monkeypatch, ValueError("a fault of ours"), number=number)
        with pytest.raises(ValueError, match="a fault of ours"):
            _run(app)
        monkeypatch.undo()

    row = _reload(session)
    assert (row.state, row.stumble_count, row.done_count) == ("running", 1, BATCH_ROWS)
    session.rollback()
    _run(app)
    assert _reload(session).state == "done"


def test_database_that_is_away_is_no_fault_of_the_push(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    _stage(session, 1)
    away = OperationalError("SELECT 1", None, Exception("away"))
    raised = _break_batch(monkeypatch, away, number=1)
    for _ in range(MOST_STUMBLES + 1):
        with pytest.raises(OperationalError):
            _run(app)
    monkeypatch.undo()

    assert len(raised) == MOST_STUMBLES + 1
    assert _run(app) == {"rows": 1}
    assert _reload(session).state == "done"
