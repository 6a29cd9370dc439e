"""The one way out: a body is posted to a checked address, and little is heard of the answer.

The rules and their reasons stand in docs/adr/0013-egress.md. Delivery, test, verification and
replay all pass here; nothing else in the service opens a connection to what somebody typed.
"""

import socket
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from typing import Final

from urllib3 import HTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from surveys.webhooks.addresses import EgressPolicy, is_allowed, read_policy
from surveys.webhooks.answers import Answer, EgressError, Failure, read_retry_after
from surveys.webhooks.lines import Deadline, connect, encrypt, look_up
from surveys.webhooks.targets import BlockedTarget, Target, check_url, read_target

__all__ = [
    "Answer", "BlockedTarget", "EgressError", "EgressPolicy", "Failure", "check_url", "post",
    "read_policy",
]  # fmt: skip

OUR_HEADERS: Final = {
    "user-agent": "Donut-Webhooks/1",
    "accept-encoding": "identity",
    "connection": "close",
}
NO_ANSWER: Final = (OSError, HTTPException, HTTPError)


class _Stopped(Exception):
    """What a step met, on its way to becoming a Failure."""

    def __init__(self, error: EgressError) -> None:
        super().__init__(error)
        self.error = error


@dataclass(frozen=True)
class _Message:
    headers: Mapping[str, str]
    body: bytes


def post(
    url: str, *, headers: Mapping[str, str], body: bytes, policy: EgressPolicy
) -> Answer | Failure:
    """Post `body` to `url` once, on a connection of its own, and return what came of it.

    Raises nothing for what an address or a receiver does. Follows no redirect; knows no proxy,
    cookie or netrc. All of it together takes the policy's deadline at most.
    """
    began = time.monotonic()
    message = _Message(headers, body)
    try:
        with Deadline(policy.deadline_s) as deadline:
            response, body_start = _exchange(url, message, policy=policy, deadline=deadline)
    except _Stopped as stopped:
        return Failure(error=stopped.error, duration_ms=_since(began))
    return Answer(
        status=response.status,
        retry_after=read_retry_after(response.headers),
        body_start=body_start,
        duration_ms=_since(began),
    )


def _exchange(
    url: str, message: _Message, *, policy: EgressPolicy, deadline: Deadline
) -> tuple[HTTPResponse, bytes]:
    try:
        target = read_target(url, policy)
    except BlockedTarget:
        raise _Stopped(EgressError.BLOCKED_TARGET) from None
    addresses = _find(target, policy, deadline)
    with _open(target, addresses, policy=policy, deadline=deadline) as line:
        try:
            answer = _ask(line, target, message, read_limit=policy.read_limit)
        except NO_ANSWER:
            answer = None
    # Whatever came: a line that was shut under us reads like one that ended.
    if deadline.is_over():
        raise _Stopped(EgressError.DEADLINE)
    if answer is None:
        raise _Stopped(EgressError.HTTP_5XX)
    return answer


def _find(target: Target, policy: EgressPolicy, deadline: Deadline) -> Sequence[str]:
    """Look the host up, once: these addresses are checked, and to one of them it connects."""
    if target.is_literal:
        return [target.host]
    try:
        found = look_up(target.host, target.port, resolve=policy.resolve, within_s=deadline.left())
    except OSError:
        raise _Stopped(EgressError.DNS) from None
    if not all(is_allowed(text, policy, only_loopback=target.is_trial) for text in found):
        raise _Stopped(EgressError.BLOCKED_TARGET)
    return found


def _open(
    target: Target, addresses: Sequence[str], *, policy: EgressPolicy, deadline: Deadline
) -> socket.socket:
    connect_s = min(policy.connect_s, deadline.left())
    try:
        line = connect(addresses, target.port, within_s=connect_s)
    except OSError:
        raise _Stopped(EgressError.CONNECT_TIMEOUT) from None
    deadline.guard(line)
    if not target.is_encrypted:
        return line
    try:
        return encrypt(line, host=target.host, ca_file=policy.ca_file)
    except OSError:
        line.close()
        error = EgressError.DEADLINE if deadline.is_over() else EgressError.TLS
        raise _Stopped(error) from None


def _ask(
    line: socket.socket, target: Target, message: _Message, *, read_limit: int
) -> tuple[HTTPResponse, bytes]:
    kind = HTTPSConnection if target.is_encrypted else HTTPConnection
    connection = kind(target.host, target.port, timeout=line.gettimeout())
    # It has a line already, and must never open one by itself.
    connection.sock, connection.auto_open = line, 0
    connection.request(
        "POST",
        target.path,
        body=message.body,
        headers={**message.headers, **OUR_HEADERS},
        preload_content=False,
        decode_content=False,
    )
    response = connection.getresponse()
    try:
        return response, _read_start(response, read_limit)
    finally:
        response.close()


def _read_start(response: HTTPResponse, limit: int) -> bytes:
    """Return what comes of the body up to `limit`; a cut is no fault, the status has been said."""
    start = b""
    with suppress(*NO_ANSWER):
        while piece := response.read1(limit - len(start)):
            start += piece
    return start


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
