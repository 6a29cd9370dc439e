"""A mail server's log → which of our mails it took.

Postfix names a mail's Message-ID before it has taken it, and takes it when its queue speaks of it;
Exim writes one line once it has. Ids bear a tag of ours, so that a log can't claim what we never
sent.
"""

import hmac
import re
from collections.abc import Iterable, Iterator, Sequence

from surveys.tokens import tag_row

OURS = r"m\.(\d{1,13})\.([a-z2-7]{8})@"
POSTFIX_NAMED = re.compile(rf"\b([0-9A-Za-z]{{6,20}}): (?:resent-)?message-id=<?{OURS}")
POSTFIX_TAKEN = re.compile(r"\bqmgr\[\d+\]: ([0-9A-Za-z]{6,20}): from=<")
EXIM_TAKEN = re.compile(rf" <= .*\bid={OURS}")


def read_taken(lines: Iterable[str], *, keys: Sequence[bytes]) -> Iterator[int]:
    """Yield the outbox rows of the mails that the server took, each at least once."""
    named: dict[str, int] = {}
    for line in lines:
        if found := POSTFIX_NAMED.search(line):
            row_id = _read_ours(found[2], found[3], keys)
            if row_id is not None:
                named[found[1]] = row_id
        elif found := POSTFIX_TAKEN.search(line):
            if found[1] in named:
                yield named.pop(found[1])
        elif found := EXIM_TAKEN.search(line):
            row_id = _read_ours(found[1], found[2], keys)
            if row_id is not None:
                yield row_id


def _read_ours(number: str, tag: str, keys: Sequence[bytes]) -> int | None:
    row_id = int(number)
    made = [tag_row(key, label="message", row_id=row_id) for key in keys]
    return row_id if any(hmac.compare_digest(tag, one) for one in made) else None
