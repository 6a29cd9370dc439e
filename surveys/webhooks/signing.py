"""Signatures by Standard Webhooks 1.0.0: HMAC-SHA256 over `id.timestamp.body`.

Our own, since the reference package signs wrongly in every zone but UTC and its `verify` raises
whatever a garbled header makes of it.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from surveys.errors import N_, DonutError
from surveys.tokens import new_key

PREFIX: Final = "whsec_"
TOLERANCE_S: Final = 300
ID_HEADER: Final = "webhook-id"
TIMESTAMP_HEADER: Final = "webhook-timestamp"
SIGNATURE_HEADER: Final = "webhook-signature"
KEY_SIZES: Final = range(24, 65)
# A full stop parts what is signed: one inside an id would let two messages have one signature.
ID: Final = re.compile(r"[!-\-/-~]{1,255}")
TIMESTAMP: Final = re.compile(r"[0-9]{1,11}")
# So many are looked at: two while a secret is changed, and what other versions a sender adds.
MOST_SIGNATURES: Final = 16


class SecretMalformed(DonutError):
    """A text is no signing secret."""

    code = "signing_secret_malformed"
    message = N_("A signing secret is whsec_ followed by 24 to 64 bytes in base64.")


class Refusal(StrEnum):
    """Why a message is not taken for genuine."""

    HEADER_MISSING = "header_missing"
    HEADER_MALFORMED = "header_malformed"
    TOO_OLD = "too_old"
    TOO_NEW = "too_new"
    NO_MATCH = "no_match"


@dataclass(frozen=True)
class Genuine:
    """A message that one of our secrets signed; `secret_index` is its place among those given."""

    id: str
    timestamp: int
    secret_index: int


def new_signing_secret() -> str:
    """Return a new secret of 32 random bytes as both sides write it, `whsec_…`."""
    return PREFIX + base64.b64encode(new_key()).decode()


def read_secret(text: str) -> bytes:
    """Return the key that `whsec_…` stands for. Raises SecretMalformed."""
    try:
        key = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except ValueError:
        raise SecretMalformed from None
    if not text.startswith(PREFIX) or len(key) not in KEY_SIZES:
        raise SecretMalformed
    return key


def sign(
    secret: str,
    *,
    id: str,  # noqa: A002 - as the specification names it
    timestamp: int,
    body: bytes,
) -> str:
    """Return one signature, `v1,…`, of the bytes as they are sent; `timestamp` in Unix seconds.

    Raises SecretMalformed.
    """
    return f"v1,{base64.b64encode(_digest(secret, id, str(timestamp), body)).decode()}"


def sign_with_all(secrets: Sequence[str], *, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the value of `webhook-signature`: one signature for each secret, the newest first."""
    return " ".join(sign(one, id=message_id, timestamp=timestamp, body=body) for one in secrets)


def verify(
    secrets: Sequence[str], *, headers: Mapping[str, str], body: bytes, now: datetime
) -> Genuine | Refusal:
    """Tell which of `secrets` signed the message, or why none did; raises for no header's sake.

    `headers` are found by lower-case names in a plain mapping. Every secret is tried whether or
    not one before it matched, so that the time taken tells nothing.
    """
    message_id, timestamp, signature = (
        headers.get(name) for name in (ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER)
    )
    if not (message_id and timestamp and signature):
        return Refusal.HEADER_MISSING
    if not (ID.fullmatch(message_id) and TIMESTAMP.fullmatch(timestamp)):
        return Refusal.HEADER_MALFORMED
    age = now.timestamp() - int(timestamp)
    if abs(age) > TOLERANCE_S:
        return Refusal.TOO_OLD if age > 0 else Refusal.TOO_NEW
    given = _read_signatures(signature)
    if not given:
        return Refusal.HEADER_MALFORMED
    digests = [_digest(secret, message_id, timestamp, body) for secret in secrets]
    matches = [
        any([hmac.compare_digest(digest, one) for one in given])  # noqa: C419 - all are compared
        for digest in digests
    ]
    if True not in matches:
        return Refusal.NO_MATCH
    return Genuine(message_id, int(timestamp), matches.index(True))


def _digest(secret: str, message_id: str, timestamp: str, body: bytes) -> bytes:
    signed = b".".join([message_id.encode(), timestamp.encode(), body])
    return hmac.digest(read_secret(secret), signed, "sha256")


def _read_signatures(header: str) -> list[bytes]:
    """Return the v1 signatures that a header holds; other versions and garbage are passed over."""
    parts = (part.partition(",") for part in header.split(" ")[:MOST_SIGNATURES])
    found = [_read_base64(text) for version, _, text in parts if version == "v1"]
    return [signature for signature in found if signature]


def _read_base64(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
