"""A mail server's log → which of our mails it took.

Postfix names a mail's Message-ID before it has taken it, and takes it when its queue speaks of it;
Exim writes one line once it has.
"""

import re
from collections.abc import Iterable, Iterator

from surveys.delivery.names import MailName, Place

OURS = r"m\.(\d{1,13})\.([a-z2-7]{8})@"
POSTFIX_NAMED = re.compile(rf"\b([0-9A-Za-z]{{6,20}}): (?:resent-)?message-id=<?{OURS}")
POSTFIX_TAKEN = re.compile(r"\bqmgr\[\d+\]: ([0-9A-Za-z]{6,20}): from=<")
EXIM_TAKEN = re.compile(rf" <= .*\bid={OURS}")


def read_taken(lines: Iterable[str]) -> Iterator[MailName]:
    """Yield the names of the mails that the server says it took, each at least once.

    Whether we gave them is to be asked of each: a log names other senders' mails as well.
    """
    named: dict[str, MailName] = {}
    for line in lines:
        if found := POSTFIX_NAMED.search(line):
            named[found[1]] = _read_name(found[2], found[3])
        elif found := POSTFIX_TAKEN.search(line):
            if found[1] in named:
                yield named.pop(found[1])
        elif found := EXIM_TAKEN.search(line):
            yield _read_name(found[1], found[2])


def _read_name(number: str, tag: str) -> MailName:
    return MailName(Place.MESSAGE_ID, int(number), tag)
