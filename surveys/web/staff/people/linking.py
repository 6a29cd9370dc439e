"""A new one-time link for somebody: mailed by the scheduler, or shown once to the admin."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from models import Staff, StaffLinkPurpose, StaffMailKind
from surveys.accounts.links import make_link
from surveys.extensions import toolbox
from surveys.notifying.link_letter import LinkOccasion, link_params
from surveys.notifying.queueing import queue_mail
from surveys.web.staff.account.entering import get_signed_in

BY_MAIL = "mail"
SHOWN = "show"


@dataclass(frozen=True)
class Shown:
    """A link that is shown once, and to whom it must be handed."""

    email: str
    link: str


def hand_out(session: Session, *, staff: Staff, occasion: LinkOccasion, how: str) -> Shown | None:
    """Mail a link and return None, or return one to show when `how` says so.

    Where nobody has a password here, the link signs in, so that the single sign-on can be
    connected.
    """
    tools, now = toolbox(), toolbox().clock.now()
    is_local = tools.settings.local_sign_in
    purpose = StaffLinkPurpose.SET_PASSWORD if is_local else StaffLinkPurpose.SIGN_IN
    if how == SHOWN:
        secret = make_link(session, staff=staff, purpose=purpose, now=now)
        return Shown(staff.email, f"{tools.settings.base_url}/login/link/{secret}")
    queue_mail(
        session,
        staff_id=staff.id,
        kind=StaffMailKind.LINK,
        key=f"{occasion}:{now.isoformat()}",
        params=link_params(purpose=purpose, occasion=occasion, by_id=get_signed_in().staff_id),
        now=now,
    )
    return None
