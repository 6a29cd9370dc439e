"""Everything random or keyed: personal links, message tags, address hashes, staff secrets.

Nothing secret is stored: a link is an id and an HMAC tag, a staff secret stands as its hash.
"""

import base64
import hashlib
import hmac
import secrets  # noqa: TID251 - this is the one place
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import load_pem_private_key

LINK_LABEL = b"donut:link:v1\0"
PUBLIC_ID_BYTES = 8
TAG_BYTES = 12
TOKEN_LENGTH = 32


# Below it receivers don't count a DKIM signature (RFC 8301, section 3.2).
SHORTEST_SIGNING_KEY_BITS = 1024


class SigningKeyUnusable(Exception):
    """A file holds no RSA key that could sign."""


class Purpose(StrEnum):
    """What a personal link opens; a tag made for one purpose opens no other."""

    ANSWER = "answer"
    UNSUBSCRIBE = "unsubscribe"
    VIEW = "view"


@dataclass(frozen=True)
class Keys:
    """Key rings, the newest first: the newest signs, all verify."""

    link: Sequence[bytes]
    hash: Sequence[bytes]
    data: Sequence[bytes] = ()


@dataclass(frozen=True)
class LinkToken:
    """A token split into what it claims (`public_id`, 16 hex digits) and its unverified tag."""

    public_id: str
    tag: bytes


def derive_key(secret: str, label: str) -> bytes:
    """Return 32 bytes for `label` from `secret` (HKDF, RFC 5869)."""
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"donut:{label}".encode())
    return hkdf.derive(secret.encode())


def new_public_id() -> str:
    """Return 64 random bits as 16 hex digits."""
    return secrets.token_hex(PUBLIC_ID_BYTES)


def new_id(bits: int = 64) -> str:
    """Return `bits` random bits as lower-case base32 without padding: 64 make 13 letters."""
    return base64.b32encode(secrets.token_bytes(bits // 8)).decode().rstrip("=").lower()


def new_secret() -> str:
    """Return 256 random bits, safe in URLs and cookies."""
    return secrets.token_urlsafe(32)


def new_key() -> bytes:
    """Return 256 random bits, for a key that both sides hold."""
    return secrets.token_bytes(32)


def new_totp_secret() -> str:
    """Return 160 random bits in the base32 that authenticator apps take (RFC 4226, section 4)."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def hash_secret(secret: str) -> str:
    """Return the SHA-256 of a 256-bit secret; its entropy makes a plain hash enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def make_link_token(key: bytes, *, public_id: str, epoch: int, purpose: Purpose) -> str:
    """Return the 32 letters that stand in a personal link (base32, lower case)."""
    tag = _link_tag(key, public_id=public_id, epoch=epoch, purpose=purpose)
    return base64.b32encode(bytes.fromhex(public_id) + tag).decode().lower()


def split_link_token(token: str) -> LinkToken | None:
    """Return what the token claims, or None when it has not the shape of one."""
    if len(token) != TOKEN_LENGTH or not token.isascii():
        return None
    try:
        raw = base64.b32decode(token.upper())
    except ValueError:
        return None
    return LinkToken(raw[:PUBLIC_ID_BYTES].hex(), raw[PUBLIC_ID_BYTES:])


def is_link_genuine(
    keys: Sequence[bytes], token: LinkToken, *, epoch: int, purpose: Purpose
) -> bool:
    """Tell whether one of `keys` made the tag for this purpose and epoch; constant time."""
    matches = [
        hmac.compare_digest(
            token.tag, _link_tag(key, public_id=token.public_id, epoch=epoch, purpose=purpose)
        )
        for key in keys
    ]
    return any(matches)


def hash_address(key: bytes, address: str) -> str:
    """Return the HMAC under which a normalised address stands in the suppression list."""
    return hmac.digest(key, b"donut:address:v1\0" + address.encode(), "sha256").hex()


def seal(keys: Sequence[bytes], secret: str) -> str:
    """Return `secret` encrypted under the newest of `keys`, for secrets that must be read again."""
    return _fernet(keys).encrypt(secret.encode()).decode()


def unseal(keys: Sequence[bytes], sealed: str) -> str | None:
    """Return what was sealed, or None when none of `keys` opens it."""
    try:
        return _fernet(keys).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def tag_row(key: bytes, *, label: str, row_id: int, owner: str = "") -> str:
    """Return 8 base32 letters (40 bits) that prove that we named this row in a mail.

    `owner` tells it from another row that had the same number before, or gets it later.
    """
    named = f"donut:{label}:v1\0{row_id}" + (f"\0{owner}" if owner else "")
    digest = hmac.digest(key, named.encode(), "sha256")
    return base64.b32encode(digest[:5]).decode().lower()


def make_pseudonym(key: bytes, *, label: str, public_id: str) -> str:
    """Return 16 base32 letters (80 bits) that stand for somebody's row in files that leave us.

    The same in every file, and nothing that a link or another page shows.
    """
    digest = hmac.digest(key, f"donut:{label}:v1\0{public_id}".encode(), "sha256")
    return base64.b32encode(digest[:10]).decode().lower()


def read_signing_key(key_file: str) -> RSAPrivateKey:
    """Return the RSA key that stands in a PEM file without a password.

    Raises SigningKeyUnusable.
    """
    try:
        key = load_pem_private_key(Path(key_file).read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as fault:
        raise SigningKeyUnusable from fault
    if not isinstance(key, RSAPrivateKey) or key.key_size < SHORTEST_SIGNING_KEY_BITS:
        raise SigningKeyUnusable
    return key


def _fernet(keys: Sequence[bytes]) -> MultiFernet:
    """A ring's key may be any text of 32 or more characters; Fernet wants 32 bytes."""
    digests = (hashlib.sha256(b"donut:seal:v1\0" + key).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def _link_tag(key: bytes, *, public_id: str, epoch: int, purpose: Purpose) -> bytes:
    body = (
        LINK_LABEL + purpose.encode() + b"\0" + epoch.to_bytes(4, "big") + bytes.fromhex(public_id)
    )
    return hmac.digest(key, body, "sha256")[:TAG_BYTES]
