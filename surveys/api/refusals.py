"""What the API itself refuses; what rooms refuse stands beside their code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surveys.errors import N_, DonutError


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in a request: where (`#/query/limit`, `#/body/…`), and what.

    `message` is a sentence of the catalogue, or a `Sentence` with its parameters.
    """

    pointer: str
    message: str


class Refusal(DonutError):
    """A refusal that can carry headers for the caller's program and the faults of its request."""

    code = "request_refused"
    message = N_("This request is refused.")

    def __init__(
        self,
        *,
        headers: Mapping[str, str] | None = None,
        faults: Sequence[Fault] = (),
        **params: object,
    ) -> None:
        super().__init__(**params)
        self.headers = dict(headers or {})
        self.faults = tuple(faults)


class Unauthenticated(Refusal):
    """No key, or none that counts: one text for all, so that nothing is learnt from it."""

    code = "unauthenticated"
    status = 401
    message = N_("The request carries no valid key.")

    def __init__(self) -> None:
        super().__init__(headers={"WWW-Authenticate": "Bearer"})


class InvalidSignature(Refusal):
    """A signed request that nobody we know signed, or not lately."""

    code = "invalid_signature"
    status = 401
    message = N_("The signature is missing, not valid or too old.")


class ScopeMissing(Refusal):
    """A key asked for what its scopes don't hold."""

    code = "scope_missing"
    status = 403
    message = N_("The key lacks the scope %(scope)s.")


class InsecureTransport(Refusal):
    """A key came over plain HTTP, where others could read it."""

    code = "insecure_transport"
    status = 403
    message = N_("The key came over plain HTTP. Use https, and replace this key.")


class AddressNotAllowed(Refusal):
    """A key came from an address outside its networks."""

    code = "address_not_allowed"
    status = 403
    message = N_("The key isn't allowed from this address.")


class NotAcceptable(Refusal):
    """The caller takes no JSON."""

    code = "not_acceptable"
    status = 406
    message = N_("The answer is JSON, which the request doesn't accept.")


class PreconditionFailed(Refusal):
    """Somebody changed it since the version that `If-Match` names."""

    code = "precondition_failed"
    status = 412
    message = N_("It has changed since the version that you name. Read it again.")


class IfMatchRequired(Refusal):
    """A change came without saying which version it rests on."""

    code = "if_match_required"
    status = 428
    message = N_("Send the ETag of the version that you change in If-Match.")


class UnsupportedMediaType(Refusal):
    """A body that isn't JSON."""

    code = "unsupported_media_type"
    status = 415
    message = N_("The body must be application/json.")


class MalformedJson(Refusal):
    """A body that can't be read as JSON."""

    code = "malformed_json"
    status = 400
    message = N_("The body can't be read as JSON.")


class InvalidRequest(Refusal):
    """A request whose parameters or body aren't as documented; `faults` says where."""

    code = "validation_failed"
    status = 422
    message = N_("The request isn't valid.")


class ImportsWaiting(Refusal):
    """A key's long pushes wait to be taken in; more of them would only fill the disk."""

    code = "imports_waiting"
    status = 429
    message = N_(
        "As many long pushes of this key as may wait do wait already. Send this one when one of"
        " them has ended."
    )

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "30"})


class RateLimited(Refusal):
    """More requests than one key or address may make."""

    code = "rate_limited"
    status = 429
    message = N_("Too many requests. Try again in %(seconds)s seconds.")

    def __init__(self, seconds: int) -> None:
        super().__init__(headers={"Retry-After": str(seconds)}, seconds=seconds)
