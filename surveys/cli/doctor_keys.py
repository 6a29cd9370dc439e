"""What `flask doctor` finds about the keys of other systems."""

from collections.abc import Iterator

from sqlalchemy.exc import SQLAlchemyError

from surveys.api_keys.hooks import list_unreadable
from surveys.api_keys.keeping import list_keys
from surveys.api_keys.lifetimes import VERY_SOON, is_live
from surveys.cli.doctor_findings import Finding
from surveys.cli.output import say
from surveys.errors import N_
from surveys.extensions import reader, toolbox
from surveys.i18n import format_instant
from surveys.notifying.ending_keys import list_ending


def look_at_keys() -> Iterator[Finding]:
    """How many are valid, which end soon, and which hook secrets can't be opened any more.

    A key fails the check in its last 7 days.
    """
    session, tools, now = reader(), toolbox(), toolbox().clock.now()
    try:
        live = [key for key in list_keys(session, now=now) if is_live(key, now=now)]
        ending = list_ending(session, now=now)
        lost = list_unreadable(session, keys=tools.keys, now=now)
    except SQLAlchemyError:
        session.rollback()
        return
    yield Finding("keys", True, say(N_("Keys of other systems: %(count)s valid."), count=len(live)))
    ends = N_("Key %(id)s of %(name)s ends on %(at)s. Make a successor: flask apikey rotate %(id)s")
    for key in ending:
        at = format_instant(key.expires_at, tools.settings.default_language, tools.settings.zone)
        words = say(ends, id=key.public_id, name=key.name, at=at)
        yield Finding(f"key:{key.public_id}", key.expires_at - now >= VERY_SOON, words)
    shut = N_(
        "Hook secret %(id)s of %(name)s can't be opened with DONUT_DATA_KEYS. Put the older key"
        " back behind the first one, or revoke the secret and make a new one."
    )
    for key in lost:
        yield Finding(f"key:{key.public_id}", False, say(shut, id=key.public_id, name=key.name))
