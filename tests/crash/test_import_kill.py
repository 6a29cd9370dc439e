"""kill -9 in the middle of an import: the next process takes the rest, and nobody twice."""

from threading import Event

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Alumnus, RosterImport
from tests.crash.processes import start
from tests.mail_sink import running_sink
from tests.roster.uploads import make_list, queue

PEOPLE = 20_000
LONGEST_WAIT_S = 60.0


def _wait_until_halfway(session: Session) -> None:
    waited, pause = 0.0, 0.02
    while waited < LONGEST_WAIT_S:
        session.rollback()
        if session.scalars(select(RosterImport.done_count)).one() > 0:
            return
        Event().wait(pause)
        waited += pause


def _state(session: Session) -> tuple[str, int, dict[str, int]]:
    session.rollback()
    session.expire_all()
    row = session.scalars(select(RosterImport)).one()
    return row.state, row.done_count, row.counts


def test_killed_import_is_taken_up_behind_what_is_in(session: Session, database_url: str) -> None:
    queue(session, make_list(PEOPLE))
    command = ("job", "import-rosters", "--json")

    with running_sink() as sink:
        with start(*command, database_url=database_url, sink=sink) as process:
            _wait_until_halfway(session)
            process.kill()
            process.communicate()
        interrupted = _state(session)
        with start(*command, database_url=database_url, sink=sink) as process:
            process.communicate(timeout=LONGEST_WAIT_S)

    state, done_count, counts = _state(session)
    people = session.scalar(select(func.count(Alumnus.external_id.distinct())))
    assert interrupted[0] == "running"
    assert 0 < interrupted[1] < PEOPLE
    assert (state, done_count, counts["created"]) == ("done", PEOPLE, PEOPLE)
    assert people == session.scalar(select(func.count()).select_from(Alumnus)) == PEOPLE
