"""Requests that carry no key and are signed instead: verified over the raw body, before any JSON.

Signed as our own events are, by Standard Webhooks, with a hook secret of ours: the match among
all that are valid names the caller.
"""

from dataclasses import dataclass
from typing import Any

from flask import request

from surveys.api.access import (
    admit,
    declare_access,
    note_day,
    refuse_other_media,
    refuse_plain_http,
)
from surveys.api.callers import Caller, caller_of
from surveys.api.limits import count_refusal
from surveys.api.refusals import InvalidSignature
from surveys.api_keys.hooks import list_hook_secrets
from surveys.extensions import reader, toolbox
from surveys.serving.access import View
from surveys.webhooks.signing import (
    ID_HEADER,
    SIGNATURE_HEADER,
    TIMESTAMP_HEADER,
    Genuine,
    verify,
)

HEADERS = {
    ID_HEADER: ("Names the message; one that comes twice is answered twice.", "msg_1"),
    TIMESTAMP_HEADER: ("Unix seconds of the sending; five minutes off at most.", "1763820004"),
    SIGNATURE_HEADER: (
        "`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`, with the hook secret.",
        "v1,Oqh7iewMUyOVGOLutSue6nN+9XIPrwUboZg0MKacVyM=",
    ),
}
SIGNATURE_PARAMETERS: list[dict[str, Any]] = [
    {
        "in": "header",
        "name": name,
        "required": True,
        "schema": {"type": "string"},
        "description": description,
        "example": example,
    }
    for name, (description, example) in HEADERS.items()
]


@dataclass(frozen=True)
class SignedAccess:
    """Asks for a signature by one of the hook secrets that are valid now."""

    takes_cookies = False

    def check(self) -> None:
        """Find whose secret signed the body, count the request. Raises Refusal."""
        if request.method == "OPTIONS":
            return
        refuse_plain_http()
        caller = _find_signer()
        admit(caller)
        refuse_other_media()
        note_day(caller)


def signed_api(view: View) -> View:
    """Open an operation to whoever signs for it."""
    return declare_access(view, SignedAccess())


def _find_signer() -> Caller:
    tools = toolbox()
    now = tools.clock.now()
    known = list_hook_secrets(reader(), keys=tools.keys, now=now)
    found = verify(
        [secret for _key, secret in known],
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.get_data(cache=True),
        now=now,
    )
    if isinstance(found, Genuine):
        return caller_of(known[found.secret_index][0])
    count_refusal()
    raise InvalidSignature
