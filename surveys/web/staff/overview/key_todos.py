"""What admins should do about the keys of other systems."""

from datetime import datetime, tzinfo

from sqlalchemy.orm import Session

from surveys.api_keys.lifetimes import VERY_SOON
from surveys.errors import N_
from surveys.i18n import format_date
from surveys.notifying.ending_keys import list_news
from surveys.web.staff.overview.todos import Todo
from surveys.web.words import current_language


def list_key_todos(session: Session, *, now: datetime, zone: tzinfo) -> list[Todo]:
    """Return one thing to do for each key that ends soon, urgent in its last 7 days."""
    message = N_("The key of %(name)s ends on %(day)s. Make a successor, or let it end.")
    return [
        Todo(
            message,
            f"/api-keys/{key.public_id}",
            N_("Look at the key"),
            {
                "name": key.name,
                "day": format_date(
                    key.expires_at.astimezone(zone).date(), current_language(), pattern="d MMMM y"
                ),
            },
            is_urgent=step == VERY_SOON,
        )
        for key, step in list_news(session, now=now)
    ]
