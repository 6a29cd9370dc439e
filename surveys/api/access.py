"""Who may call an operation: said beside its route, asked before its view runs.

`@needs(Scope.…)` stands directly below `@blueprint.route`, or `@public_api`, or `@signed_api` of
`signed_access`.
No cookie counts here, so a browser has nothing that a page of another site could abuse.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import g, request

from surveys.api.answers import JSON_TYPE, PROBLEM_TYPE
from surveys.api.callers import Caller, caller_of, remember_caller
from surveys.api.limits import count_refusal, count_request
from surveys.api.notes import note
from surveys.api.refusals import (
    AddressNotAllowed,
    InsecureTransport,
    NotAcceptable,
    RateLimited,
    ScopeMissing,
    Unauthenticated,
)
from surveys.api_keys.finding import find_presented
from surveys.api_keys.keeping import note_use
from surveys.api_keys.networks import is_inside
from surveys.api_keys.scopes import Scope
from surveys.extensions import glance, toolbox, transaction
from surveys.serving.access import Access, View, mark
from surveys.serving.requests import note_caller

SCHEME = "bearer"
DOC_ENTRY = "access"
MEDIA_TYPES = (JSON_TYPE, PROBLEM_TYPE)
USUAL_ACCEPTS = frozenset({"*/*", JSON_TYPE})


@dataclass(frozen=True)
class KeyAccess:
    """Asks for a live key; with a `scope` for one that holds it.

    `largest_body` in bytes is more than other operations take.
    """

    scope: Scope | None
    largest_body: int | None = None
    takes_cookies = False

    def check(self) -> None:
        """Find the key, count the request and see what the key may. Raises Refusal."""
        if request.method == "OPTIONS":
            return
        refuse_plain_http()
        caller = _find_caller()
        admit(caller)
        if self.scope is not None and self.scope not in caller.scopes:
            raise ScopeMissing(scope=self.scope.value)
        refuse_other_media()
        note_day(caller)
        if self.largest_body is not None:
            request.max_content_length = self.largest_body


@dataclass(frozen=True)
class OpenAccess:
    """Asks for nothing: the document and what explains it."""

    takes_cookies = False

    def check(self) -> None:
        """Nothing to look at."""


def needs(scope: Scope | None, *, largest_body: int | None = None) -> Callable[[View], View]:
    """Open an operation to keys with `scope`, or with None to every live key."""

    def declare(view: View) -> View:
        return declare_access(view, KeyAccess(scope, largest_body))

    return declare


def public_api(view: View) -> View:
    """Open an operation to everybody, without a key."""
    return declare_access(view, OpenAccess())


def declare_access(view: View, access: Access) -> View:
    """Leave at a view who may call it, for the guard and for the document."""
    return mark(note(view, DOC_ENTRY, value=access), access)


def refuse_other_media() -> None:
    """Refuse whoever takes no JSON. Raises NotAcceptable."""
    accepted = request.headers.get("Accept")
    if accepted in USUAL_ACCEPTS or not accepted:
        return
    if not request.accept_mimetypes.best_match(MEDIA_TYPES):
        raise NotAcceptable


def admit(caller: Caller) -> None:
    """Let a caller who proved itself in, within its networks and its limit. Raises Refusal."""
    remember_caller(caller)
    note_caller(caller.actor)
    _refuse_foreign_address(caller)
    _count(caller)


def refuse_plain_http() -> None:
    """Raise InsecureTransport for a request that others could read on its way.

    On this machine itself, for a trial, the service may be reached without TLS.
    """
    if toolbox().settings.is_https and not request.is_secure:
        raise InsecureTransport


def _find_caller() -> Caller:
    presented = _presented()
    if presented is not None:
        key = find_presented(glance(), presented=presented, now=toolbox().clock.now())
        if key is not None:
            return caller_of(key)
    count_refusal()
    raise Unauthenticated


def _presented() -> str | None:
    """Return the key of the header; one anywhere else doesn't count."""
    scheme, _space, presented = request.headers.get("Authorization", "").partition(" ")
    return presented.strip() if scheme.lower() == SCHEME else None


def _refuse_foreign_address(caller: Caller) -> None:
    if not is_inside(caller.networks, request.remote_addr or ""):
        raise AddressNotAllowed


def _count(caller: Caller) -> None:
    is_within, allowance = count_request(caller.public_id)
    g.allowance = allowance
    if not is_within:
        raise RateLimited(allowance.seconds)


def note_day(caller: Caller) -> None:
    """Note the day of a key's last use, once a day; every other request writes nothing."""
    today = toolbox().clock.now().astimezone(toolbox().settings.zone).date()
    if caller.last_used_on is not None and caller.last_used_on >= today:
        return
    with transaction() as session:
        note_use(session, key_id=caller.key_id, on=today)
