"""Bodies in quoted-printable (RFC 2045, section 6.7): seven bits, lines of at most 76 characters.

A body can be quoted piece by piece, each on lines of its own that a soft break joins to the next:
what is the same in every mail of a mailing is quoted once.
"""

import binascii
from typing import Final

SOFT_BREAK: Final = "=\r\n"
NEXT: Final = "x"


def quote(text: str) -> str:
    """Return a whole body, ready for the wire; its lines end with CRLF, the last one with none."""
    lines = "\n".join(text.splitlines())
    return _encode(lines)


def quote_piece(text: str) -> str:
    """Return a piece of a body that begins a line and joins what follows; its lines end with LF."""
    if not text:
        return ""
    # What comes next leaves room for the break, and keeps a blank at the end from being quoted.
    followed = _encode(f"{text}{NEXT}").removesuffix(NEXT)
    return followed.removesuffix(SOFT_BREAK) + SOFT_BREAK


def join_pieces(pieces: str) -> str:
    """Return pieces that were written one behind the other as a whole body."""
    return pieces.removesuffix(SOFT_BREAK)


def _encode(text: str) -> str:
    encoded = binascii.b2a_qp(text.encode("utf-8", errors="replace"), istext=True)
    return encoded.decode("ascii").replace("\n", "\r\n")
