"""What connections write between two mails: in one commit, each on its own account."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session

from models import Message
from surveys.delivery.addressed import Addressed
from surveys.delivery.claiming import Batch, claim_batch
from surveys.delivery.house import read_house
from surveys.delivery.outcomes import Accepted
from surveys.delivery.writing import Envelope
from surveys.extensions import toolbox, transaction
from surveys.jobs.ledger import Entry, Ledger, Written
from surveys.jobs.preparing import Draft, Halt, Writer
from surveys.jobs.suspicion import Suspicion
from tests.conftest import NOW
from tests.factories import make_messages

LONG_S = 30.0


class BrokenWriter(Writer):
    """Fails when it is to write anew."""

    def draft(self, addressed: Addressed, *, now: object) -> Envelope | None:
        raise ArithmeticError(addressed.language, now)


def claim(count: int) -> Batch:
    with transaction() as session:
        return claim_batch(session, claimed_by="us", limit=count, keys=toolbox().keys, now=NOW)


def make_drafts(batch: Batch) -> list[Draft]:
    box = toolbox()
    writer = Writer(house=read_house(box.settings), keys=box.keys)
    drafts = []
    with transaction() as session:
        for one in batch.claims:
            addressed = batch.addressed[one.message_id]
            writer.learn(session, addressed)
            drafts.append(Draft(one, addressed, writer.draft(addressed, now=NOW), writer))
    return drafts


def write_at_once(app: Flask, ledger: Ledger, entries: Sequence[Entry]) -> list[object]:
    """Write each entry in a thread of its own; return what came of it, or the fault."""
    start = Barrier(len(entries))

    def write(entry: Entry) -> Written | Exception:
        with app.app_context(), ledger.at_work():
            start.wait(LONG_S)
            try:
                return ledger.write(entry)
            except ArithmeticError as fault:
                return fault

    with ThreadPoolExecutor(len(entries)) as pool:
        return list(pool.map(write, entries))


@contextmanager
def counted_commits() -> Iterator[list[int]]:
    count: list[int] = []

    def note(_connection: Connection) -> None:
        count.append(1)

    event.listen(Engine, "commit", note)
    try:
        yield count
    finally:
        event.remove(Engine, "commit", note)


def states(session: Session) -> list[str]:
    session.rollback()
    return list(session.scalars(select(Message.state).order_by(Message.id)))


@pytest.fixture
def ledger(app: Flask) -> Ledger:
    with app.app_context():
        return Ledger(box=toolbox(), suspicion=Suspicion(), linger_s=LONG_S)


def test_connections_that_meet_share_one_commit(
    app: Flask, session: Session, ledger: Ledger
) -> None:
    make_messages(session, 4)
    drafts = make_drafts(claim(4))

    with counted_commits() as commits:
        written = write_at_once(app, ledger, [Entry(draft, None) for draft in drafts])

    assert len(commits) == 1
    assert [one.step for one in written if isinstance(one, Written)] == [
        draft.envelope for draft in drafts
    ]
    assert states(session) == ["sending"] * 4


def test_the_last_mail_is_settled_where_the_next_is_marked(
    app: Flask, session: Session, ledger: Ledger
) -> None:
    make_messages(session, 2)
    first, second = make_drafts(claim(2))
    write_at_once(app, ledger, [Entry(first, None)])

    [written] = write_at_once(app, ledger, [Entry(second, (first.claim, Accepted(250, "ok")))])

    assert isinstance(written, Written)
    assert written.before == "sent"
    assert states(session) == ["sent", "sending"]


def test_a_mail_that_was_taken_from_us_is_not_counted_as_ours(
    app: Flask, session: Session, ledger: Ledger
) -> None:
    messages = make_messages(session, 3)
    first, second, third = make_drafts(claim(3))
    write_at_once(app, ledger, [Entry(first, None), Entry(second, None)])
    messages[0].fence += 1
    session.commit()

    [written] = write_at_once(app, ledger, [Entry(third, (first.claim, Accepted(250, "ok")))])

    assert isinstance(written, Written)
    assert written.before is None
    assert states(session) == ["sending", "sending", "sending"]
    assert messages[0].invitation.mail_state == "none"


def test_the_fault_of_one_is_no_other_s(app: Flask, session: Session, ledger: Ledger) -> None:
    messages = make_messages(session, 3)
    drafts = make_drafts(claim(3))
    box = toolbox()
    broken = Draft(
        drafts[1].claim,
        drafts[1].addressed,
        None,
        BrokenWriter(house=read_house(box.settings), keys=box.keys),
    )
    messages[1].invitation.alumnus.given_name = "Başka"
    session.commit()

    written = write_at_once(
        app, ledger, [Entry(draft, None) for draft in (drafts[0], broken, drafts[2])]
    )

    assert [type(one) for one in written] == [Written, ArithmeticError, Written]
    assert states(session) == ["sending", "claimed", "sending"]


def test_a_message_that_was_erased_meanwhile_is_passed_over(
    app: Flask, session: Session, ledger: Ledger
) -> None:
    messages = make_messages(session, 2)
    drafts = make_drafts(claim(2))
    session.delete(messages[0])
    session.commit()

    written = write_at_once(app, ledger, [Entry(draft, None) for draft in drafts])

    assert [one.step for one in written if isinstance(one, Written)] == [None, drafts[1].envelope]


def test_a_claim_that_ran_out_halts_its_connection_alone(
    app: Flask, session: Session, ledger: Ledger
) -> None:
    messages = make_messages(session, 2)
    drafts = make_drafts(claim(2))
    messages[0].claimed_by = "another"
    session.commit()

    written = write_at_once(app, ledger, [Entry(draft, None) for draft in drafts])

    assert [one.step for one in written if isinstance(one, Written)] == [
        Halt.HALT,
        drafts[1].envelope,
    ]
