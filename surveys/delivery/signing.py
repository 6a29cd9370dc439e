"""A DKIM signature (RFC 6376) for offices whose mail server does not sign what it relays.

With RSA, which every receiver can verify. Done on the finished bytes, the last step before they go.
"""

import base64
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import dkim
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from surveys.tokens import read_signing_key

# What stands twice can't be added once more on the way.
SIGNED: Final = (
    *("from", "from", "to", "to", "subject", "subject", "date", "date", "reply-to", "reply-to"),
    *("message-id", "mime-version", "content-type", "auto-submitted", "precedence"),
    *("list-unsubscribe", "list-unsubscribe-post", "list-id", "feedback-id"),
)
RELAXED: Final = (b"relaxed", b"relaxed")


@dataclass(frozen=True)
class Signer:
    """The key of a domain, and the selector under which name servers tell its public half."""

    domain: str
    selector: str
    key: bytes = field(repr=False)
    public_key: str

    @property
    def record_name(self) -> str:
        """Where the public half stands (RFC 6376, section 3.6.2.1)."""
        return f"{self.selector}._domainkey.{self.domain}"

    def sign(self, content: bytes) -> bytes:
        """Return a whole mail with its signature before it."""
        signature: bytes = dkim.sign(
            content,
            self.selector.encode(),
            self.domain.encode(),
            self.key,
            canonicalize=RELAXED,
            include_headers=[name.encode() for name in SIGNED],
        )
        return signature + content


@lru_cache(maxsize=4)
def read_signer(key_file: str, *, selector: str, domain: str) -> Signer:
    """Return the signer of a key file, read once a process. Raises SigningKeyUnusable."""
    key = read_signing_key(key_file)
    spoken = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Signer(
        domain=domain,
        selector=selector,
        key=key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()),
        public_key=base64.b64encode(spoken).decode(),
    )
