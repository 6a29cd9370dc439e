"""Bringing events to their receivers: claim, post outside any transaction, settle, again.

A few lines run at once, so that a receiver that takes 15 s holds up nobody but itself. What a
process that died had claimed is due again, with the same id.
"""

from collections import Counter
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Final

import structlog
from flask import Flask
from sqlalchemy.orm import Session

from models import WebhookEndpoint
from surveys.audit import record
from surveys.extensions import reader, toolbox, transaction
from surveys.jobs.circuit import scatter
from surveys.jobs.claimer import Claimer, live_claimer
from surveys.notifying.owner_letter import queue_owner_mail
from surveys.webhooks.addresses import EgressPolicy, read_policy
from surveys.webhooks.claiming import Claim, claim_due, has_due, list_claimers, recover_lost
from surveys.webhooks.egress import post
from surveys.webhooks.settling import NO_SECRET, Occasion, Outcome, Settled, read_outcome, settle
from surveys.webhooks.signing import (
    ID_HEADER,
    SIGNATURE_HEADER,
    TIMESTAMP_HEADER,
    sign_with_all,
)
from surveys.webhooks.wire_ids import Prefix, write_id

LINES: Final = 8
POLL_S: Final = 1.0
ROUND_S: Final = 20.0
SPREAD: Final = (0.8, 1.2)
LOST: Final = "lost"

Counts = dict[str, int]
log = structlog.get_logger()


def deliver_due(app: Flask) -> Counts:
    """Bring what is due to its receivers, and return how many deliveries reached which state.

    Ends when nothing is due, and after some time whatever is: a process that is to end waits for
    what is under way alone.
    """
    with app.app_context(), live_claimer() as claimer:
        _recover(claimer)
        if not _has_due():
            return {}
        courier = _Courier(app, claimed_by=claimer.connection(0))
        return dict(courier.run())


class _Courier:
    """One round of one process."""

    def __init__(self, app: Flask, *, claimed_by: str) -> None:
        self._app = app
        self._claimed_by = claimed_by
        self._monotonic = toolbox().clock.monotonic
        self._policy = read_policy(toolbox().settings)
        self._counts: Counter[str] = Counter()

    def run(self) -> Counter[str]:
        """Keep the lines busy until nothing is due."""
        ends = self._monotonic() + ROUND_S
        flying: set[Future[str]] = set()
        with ThreadPoolExecutor(LINES, thread_name_prefix="courier") as pool:
            while self._monotonic() < ends:
                claims = self._claim(LINES - len(flying))
                flying |= {pool.submit(self._carry, claim) for claim in claims}
                if not flying:
                    break
                flying = self._land(flying, timeout_s=POLL_S)
            self._land(flying, timeout_s=None)
        return self._counts

    def _claim(self, limit: int) -> list[Claim]:
        if limit == 0 or not _has_due():
            return []
        box = toolbox()
        with transaction() as session:
            return claim_due(
                session,
                claimed_by=self._claimed_by,
                limit=limit,
                keys=box.keys.data,
                now=box.clock.now(),
            )

    def _land(self, flying: set[Future[str]], *, timeout_s: float | None) -> set[Future[str]]:
        """Wait for one of them, or for all without a limit; return what is still under way."""
        mode = FIRST_COMPLETED if timeout_s is not None else "ALL_COMPLETED"
        landed, left = wait(flying, timeout=timeout_s, return_when=mode)
        self._counts.update(one.result() for one in landed)
        return left

    def _carry(self, claim: Claim) -> str:
        """Post one delivery and settle it; a fault of ours leaves it to its lease."""
        try:
            with self._app.app_context():
                settled = carry(claim, policy=self._policy)
        except Exception:
            log.exception("delivery_failed", kind=claim.kind)
            return LOST
        return LOST if settled is None else settled.state.value


def carry(claim: Claim, *, policy: EgressPolicy) -> Settled | None:
    """Post one claimed delivery and record what came of it; needs an application context."""
    outcome = _post(claim, policy)
    box = toolbox()
    with transaction() as session:
        now = box.clock.now()
        settled = settle(session, claim=claim, outcome=outcome, spread=scatter(*SPREAD), now=now)
        if settled is not None and settled.occasion is not None:
            _tell(session, claim, settled.occasion)
    state = LOST if settled is None else settled.state.value
    log.info(
        "delivery_settled", kind=claim.kind, state=state, error=outcome.error,
        http_status=outcome.http_status, duration_ms=outcome.duration_ms,
    )  # fmt: skip
    return settled


def _post(claim: Claim, policy: EgressPolicy) -> Outcome:
    if not claim.secrets:
        log.error("webhook_secret_unreadable", endpoint_id=claim.endpoint_id)
        return Outcome(error=NO_SECRET)
    timestamp = int(toolbox().clock.now().timestamp())
    signature = sign_with_all(
        claim.secrets, message_id=claim.event_id, timestamp=timestamp, body=claim.body
    )
    headers = {
        "content-type": "application/json",
        ID_HEADER: claim.event_id,
        TIMESTAMP_HEADER: str(timestamp),
        SIGNATURE_HEADER: signature,
    }
    return read_outcome(claim, post(claim.url, headers=headers, body=claim.body, policy=policy))


def _tell(session: Session, claim: Claim, occasion: Occasion) -> None:
    box = toolbox()
    now = box.clock.now()
    endpoint = session.get_one(WebhookEndpoint, claim.endpoint_id)
    queue_owner_mail(
        session,
        endpoint=endpoint,
        occasion=occasion,
        language=box.settings.default_language,
        now=now,
    )
    log.warning("receiver_in_trouble", occasion=occasion.value, endpoint=endpoint.public_id)
    if occasion is Occasion.DISABLED:
        subject = f"webhook:{write_id(Prefix.ENDPOINT, endpoint.public_id)}"
        record(
            session, actor="scheduler", action="webhook.disable", subject=subject, now=now,
            reason=endpoint.disabled_reason,
        )  # fmt: skip


def _recover(claimer: Claimer) -> None:
    """Take back what dead processes held, and what is held for too long.

    What a fault of this very process left waits for its lease, or it would be tried in a rush.
    """
    session = reader()
    names = list_claimers(session)
    session.rollback()
    if not names:
        return
    own = f"{claimer.host}:{claimer.process_id}:{claimer.start}:"
    dead = [name for name in names if not name.startswith(own) and claimer.knows_dead(name)]
    with transaction() as session:
        count = recover_lost(session, dead=dead)
    if count:
        log.warning("deliveries_recovered", count=count)


def _has_due() -> bool:
    session = reader()
    found = has_due(session, now=toolbox().clock.now())
    session.rollback()
    return found
