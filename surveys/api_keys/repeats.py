"""A POST that is sent again under its `Idempotency-Key`: done once, answered alike each time.

A request claims its key before it does anything and keeps its answer in the transaction that makes
the change. So a process that dies in between has changed nothing, and whoever comes after may take
the key over; one that lost its key finds that out before it commits.
Source: draft-ietf-httpapi-idempotency-key-header-08.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import IdempotentRequest
from surveys.database import changed_count
from surveys.errors import N_, DonutError
from surveys.tokens import Keys, seal, unseal

KEPT = timedelta(hours=24)
# Longer than any request runs: after that its process is gone.
LONGEST_RUN = timedelta(minutes=2)
INSERTS: dict[str, Callable[[type[IdempotentRequest]], sqlite.Insert | postgresql.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


class KeyInFlight(DonutError):
    """The first request under this key has not been answered yet."""

    code = "idempotency_in_flight"
    status = 409
    message = N_("The first request under this Idempotency-Key is still running. Try again later.")


class KeyReused(DonutError):
    """The key stood at another request before."""

    code = "idempotency_key_reused"
    status = 422
    message = N_("This Idempotency-Key belongs to another request. Take a new one.")


class AnswerLost(DonutError):
    """The kept answer was sealed under a key that the operator has taken away since."""

    code = "idempotent_answer_lost"
    status = 409
    message = N_("This request was carried out before, but its answer can't be read any more.")


@dataclass(frozen=True)
class Claim:
    """The right to carry out a request under its key."""

    row_id: int
    claimed_at: datetime


@dataclass(frozen=True)
class KeptAnswer:
    """What the first request was answered with."""

    status: int
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True, kw_only=True)
class Repeatable:
    """A request under a key: whose, the key, and the SHA-256 of what is asked."""

    api_key_id: int
    key: str
    request_hash: str


def claim(session: Session, *, asked: Repeatable, now: datetime, keys: Keys) -> Claim | KeptAnswer:
    """Claim the key of a request, or return how it was answered before.

    Raises KeyInFlight, KeyReused, AnswerLost.
    """
    is_theirs = and_(
        IdempotentRequest.api_key_id == asked.api_key_id, IdempotentRequest.key == asked.key
    )
    session.execute(delete(IdempotentRequest).where(is_theirs, _is_over(now)))
    row_id = _insert(session, asked, now)
    if row_id is not None:
        return Claim(row_id, now)
    row = session.scalar(select(IdempotentRequest).where(is_theirs))
    if row is not None and row.request_hash != asked.request_hash:
        raise KeyReused
    # None: the first request failed at this very moment and gave its key back.
    if row is None or row.status is None or row.answer_sealed is None:
        raise KeyInFlight
    return _open(row.status, row.answer_sealed, keys)


def keep_answer(session: Session, *, claim: Claim, answer: KeptAnswer, keys: Keys) -> None:
    """Keep what a claimed request is answered with, in the transaction of its change.

    Raises KeyInFlight when it ran for so long that its key was taken over.
    """
    content = json.dumps({"headers": dict(answer.headers), "body": answer.body})
    kept = session.execute(
        update(IdempotentRequest)
        .where(_is(claim))
        .values(status=answer.status, answer_sealed=seal(keys.data, content).encode())
    )
    if not changed_count(kept):
        raise KeyInFlight


def release(session: Session, *, claim: Claim) -> None:
    """Give the key of a request that was refused back, so that it can be sent again."""
    session.execute(delete(IdempotentRequest).where(_is(claim)))


def drop_old(session: Session, *, now: datetime) -> int:
    """Delete what is kept no longer, and return how many requests it was."""
    return changed_count(session.execute(delete(IdempotentRequest).where(_is_over(now))))


def _insert(session: Session, asked: Repeatable, now: datetime) -> int | None:
    insert = INSERTS[session.connection().dialect.name](IdempotentRequest)
    row = insert.values(
        api_key_id=asked.api_key_id,
        key=asked.key,
        request_hash=asked.request_hash,
        created_at=now,
    )
    return session.scalar(row.on_conflict_do_nothing().returning(IdempotentRequest.id))


def _is_over(now: datetime) -> ColumnElement[bool]:
    is_dead = and_(
        IdempotentRequest.status.is_(None), IdempotentRequest.created_at <= now - LONGEST_RUN
    )
    return or_(IdempotentRequest.created_at <= now - KEPT, is_dead)


def _is(claim: Claim) -> ColumnElement[bool]:
    """SQLite gives a row's number out again: only the time tells the next owner apart."""
    return and_(
        IdempotentRequest.id == claim.row_id,
        IdempotentRequest.created_at == claim.claimed_at,
        IdempotentRequest.status.is_(None),
    )


def _open(status: int, sealed: bytes, keys: Keys) -> KeptAnswer:
    opened = unseal(keys.data, sealed.decode())
    if opened is None:
        raise AnswerLost
    content = json.loads(opened)
    return KeptAnswer(status, content["headers"], content["body"])
