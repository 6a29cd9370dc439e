"""The mail that carries a one-time link; its secret is made here and stands nowhere else."""

from enum import StrEnum

from sqlalchemy.orm import Session

from models import Staff, StaffLinkPurpose, StaffMail
from surveys.accounts.links import make_link
from surveys.notifying.letters import Context, StaffLetter, get_member, get_reader, lay_out


class LinkOccasion(StrEnum):
    """Why somebody is sent a link."""

    INVITED = "invited"
    RESET = "reset"
    FORGOTTEN = "forgotten"


def link_params(
    *, purpose: StaffLinkPurpose, occasion: LinkOccasion, by_id: int | None = None
) -> dict[str, object]:
    """Return the params of a LINK mail; `by_id` is the admin who asked for it."""
    return {"purpose": purpose.value, "occasion": occasion.value, "by_id": by_id}


def write_link_letter(session: Session, mail: StaffMail, context: Context) -> StaffLetter:
    """Make a new link and the letter that carries it."""
    reader = get_reader(session, mail)
    purpose = StaffLinkPurpose(mail.params["purpose"])
    member = get_member(session, mail)
    secret = make_link(session, staff=member, purpose=purpose, now=context.now)
    sender = session.get(Staff, mail.params["by_id"]) if mail.params["by_id"] else None
    occasion = mail.params["occasion"]
    values = {
        "occasion": occasion,
        "opening": f"{occasion}_by" if sender else occasion,
        "purpose": purpose.value,
        "sender": (sender.name or sender.email) if sender else None,
        "link": f"{context.house.base_url}/login/link/{secret}",
    }
    return lay_out("link", reader=reader, context=context, values=values)
