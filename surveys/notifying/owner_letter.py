"""The mail to whoever looks after a receiver of events: it takes nothing, or was switched off."""

from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import EndpointStatus, StaffMail, StaffMailKind, WebhookEndpoint
from surveys.i18n import format_instant
from surveys.notifying.letters import Context, StaffLetter, get_reader, lay_out
from surveys.webhooks.settling import Occasion
from surveys.webhooks.wire_ids import Prefix, write_id


def queue_owner_mail(
    session: Session,
    *,
    endpoint: WebhookEndpoint,
    occasion: Occasion,
    language: str,
    now: datetime,
) -> bool:
    """Queue a mail to a receiver's owner; False when they were told of this failing before.

    `language` is for owners without an account. An exhausted one is told of once for all the time
    that nothing succeeds.
    """
    since = endpoint.failing_since or now
    mail = StaffMail(
        address=endpoint.owner_email,
        language=language,
        kind=StaffMailKind.WEBHOOK,
        key=f"{occasion}:{endpoint.public_id}:{since:%Y-%m-%dT%H:%M:%S}",
        params={"occasion": occasion.value, "endpoint": endpoint.public_id},
        due_at=now,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(mail)
    except IntegrityError:
        return False
    return True


def write_owner_letter(session: Session, mail: StaffMail, context: Context) -> StaffLetter | None:
    """Return the letter, or None when the receiver is well again, or deleted."""
    occasion = Occasion(mail.params["occasion"])
    endpoint = session.scalar(
        select(WebhookEndpoint).where(
            WebhookEndpoint.public_id == mail.params["endpoint"],
            WebhookEndpoint.deleted_at.is_(None),
        )
    )
    if endpoint is None or not _still_stands(endpoint, occasion):
        return None
    reader = get_reader(session, mail)
    since = endpoint.failing_since or mail.created_at
    told = {
        "name": endpoint.name,
        # The whole address may hold a secret of the receiver's.
        "host": urlsplit(endpoint.url).hostname or "",
        "since": format_instant(since, reader.language, context.zone),
    }
    name = write_id(Prefix.ENDPOINT, endpoint.public_id)
    values = {
        "occasion": occasion.value,
        "reason": endpoint.disabled_reason if occasion is Occasion.DISABLED else None,
        "link": f"{context.house.base_url}/webhooks/{name}",
        "values": told,
    }
    return lay_out("webhook", reader=reader, context=context, values=values)


def _still_stands(endpoint: WebhookEndpoint, occasion: Occasion) -> bool:
    if occasion is Occasion.DISABLED:
        return endpoint.status == EndpointStatus.DISABLED
    return endpoint.failing_since is not None
