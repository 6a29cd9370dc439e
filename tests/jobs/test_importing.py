"""Imports run by the scheduler: whole, resumable, cancellable."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Alumnus, AuditEntry, RosterImport
from surveys.extensions import toolbox, transaction
from surveys.jobs.claimer import live_claimer
from surveys.jobs.table import get_job, run_job
from surveys.roster import taking
from surveys.roster.erasing import erase_person
from surveys.roster.imports import cancel_import
from surveys.roster.running import BATCH_ROWS
from tests.conftest import NOW
from tests.factories import make_alumnus
from tests.roster.uploads import make_list, queue

PEOPLE = 2 * BATCH_ROWS + 5


def _run(app: Flask) -> dict[str, int]:
    return run_job(app, get_job("import-rosters"))


def _reload(session: Session) -> RosterImport:
    session.rollback()
    session.expire_all()
    return session.scalars(select(RosterImport)).one()


def _count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Alumnus)) or 0


def _interrupt(app: Flask, monkeypatch: pytest.MonkeyPatch, *, after: int) -> None:
    """Run a pass whose process ends after so many batches."""
    whole = taking.take_batch
    taken: list[int] = []

    def take(session: Session, **given: object) -> None:
        if len(taken) == after:
            raise KeyboardInterrupt
        taken.append(1)
        whole(session, **given)  # type: ignore[arg-type] # handed on as they came

    monkeypatch.setattr(taking, "take_batch", take)
    with pytest.raises(KeyboardInterrupt):
        _run(app)
    monkeypatch.undo()


def test_pass_with_nothing_to_do_takes_nothing(app: Flask) -> None:
    assert _run(app) == {"rows": 0}


def test_import_is_taken_in_and_told(app: Flask, session: Session) -> None:
    queue(session, make_list(PEOPLE))

    result = _run(app)

    row = _reload(session)
    assert result == {"rows": PEOPLE}
    assert (row.state, row.done_count, row.total_count) == ("done", PEOPLE, PEOPLE)
    assert row.counts["created"] == _count(session) == PEOPLE
    assert (row.started_at, row.finished_at) == (NOW, NOW)
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.actor, entry.action, entry.details["created"]) == (
        "staff:1",
        "roster.import",
        PEOPLE,
    )


def test_import_goes_on_where_a_dead_process_left_it(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue(session, make_list(PEOPLE))
    _interrupt(app, monkeypatch, after=1)
    halfway = _reload(session)
    was = halfway.state, halfway.done_count

    result = _run(app)

    row = _reload(session)
    assert was == ("running", BATCH_ROWS)
    assert result == {"rows": PEOPLE - BATCH_ROWS}
    assert (row.state, row.counts["created"], row.counts["unchanged"]) == ("done", PEOPLE, 0)
    assert _count(session) == PEOPLE


def test_second_process_leaves_an_import_that_is_being_run(app: Flask, session: Session) -> None:
    queue(session, make_list(3))
    with app.app_context(), live_claimer() as other:
        with transaction() as own:
            [waiting] = taking.list_waiting(own)
            taking.claim_import(own, waiting=waiting, claimed_by=other.connection(0), now=NOW)

        assert _run(app) == {"rows": 0}

    assert _run(app) == {"rows": 3}


def test_import_that_staff_cancel_stops_before_the_next_batch(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = queue(session, make_list(PEOPLE))
    _interrupt(app, monkeypatch, after=1)
    cancel_import(session, row=row, now=NOW)
    session.commit()

    assert _run(app) == {"rows": 0}
    assert _reload(session).state == "cancelled"
    assert _count(session) == BATCH_ROWS


def test_import_whose_file_went_bad_fails_with_the_reason(app: Flask, session: Session) -> None:
    row = queue(session, make_list(3))
    row.content = b'Ogrenci No;Ad\n1;"a"b"\n'
    session.commit()

    _run(app)

    failed = _reload(session)
    assert failed.state == "failed"
    assert failed.fault is not None
    assert failed.fault["code"] == "broken_quotes"


def test_old_files_are_dropped_by_the_clock(app: Flask, session: Session) -> None:
    queue(session, make_list(3))
    _run(app)
    row = _reload(session)
    row.finished_at = NOW - timedelta(days=31)
    session.commit()

    assert run_job(app, get_job("drop-uploads")) == {"dropped": 1}


def test_person_erased_while_the_import_runs_does_not_come_back(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = f"{BATCH_ROWS + 3:06}"
    person = make_alumnus(session, external_id=late)
    queue(session, make_list(PEOPLE))
    whole = taking.take_batch

    def take(own: Session, **given: object) -> None:
        if _count(own) > 1:
            erase_person(own, person=own.get_one(Alumnus, person.id), keys=toolbox().keys, now=NOW)
            monkeypatch.undo()
        whole(own, **given)  # type: ignore[arg-type] # handed on as they came

    monkeypatch.setattr(taking, "take_batch", take)
    _run(app)

    assert _reload(session).counts["rejected"] == 1
    assert session.scalar(select(Alumnus.id).where(Alumnus.external_id == late)) is None
