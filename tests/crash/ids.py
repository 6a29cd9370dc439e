"""What stands in the outbox against what the mail server took, by Message-ID."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Invitation, Message
from surveys.delivery.names import message_id
from surveys.settings import Settings


def ids_by_state(session: Session, settings: Settings) -> dict[str, set[str]]:
    """Return state → Message-IDs."""
    session.rollback()
    key = settings.keys().hash[0]
    found: dict[str, set[str]] = {}
    rows = session.execute(
        select(Message.id, Message.state, Invitation.public_id).join(Message.invitation)
    )
    for row in rows:
        named = message_id(key, row_id=row.id, public_id=row.public_id, domain="localhost")
        found.setdefault(row.state, set()).add(named)
    return found


def find_faults(
    taken: Sequence[str], states: dict[str, set[str]], *, people: int, most_unknown: int
) -> list[str]:
    """Return what the books don't bear out; nothing where everybody has one mail or is in doubt.

    `taken`: the Message-IDs that the mail server took, in order.
    """
    accepted = Counter(taken)
    sent, unknown = states.get("sent", set()), states.get("unknown", set())
    faults = {
        "somebody has two mails": any(count > 1 for count in accepted.values()),
        "a message is neither sent nor in doubt": not states.keys() <= {"sent", "unknown"},
        "somebody is left out": len(sent | unknown) != people,
        "a mail counts as sent that nobody took": not sent <= accepted.keys(),
        "a mail was taken that the outbox knows nothing of": not accepted.keys() <= sent | unknown,
        f"{len(unknown)} are in doubt, {most_unknown} may be": len(unknown) > most_unknown,
    }
    return [fault for fault, is_so in faults.items() if is_so]
