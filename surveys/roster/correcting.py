"""A person's address, put right by staff."""

from datetime import datetime

from sqlalchemy.orm import Session

from models import Alumnus, EmailFault
from surveys.errors import N_, DonutError
from surveys.roster.addresses import MISSING, read_address
from surveys.roster.cells import BadCell, Reason


class AddressRefused(DonutError):
    """What was typed is no address that can be mailed; `reason` says why."""

    code = "address_refused"
    message = N_("This is no e-mail address. Write it as ayse@example.com.")

    def __init__(self, reason: Reason) -> None:
        super().__init__()
        self.reason = reason


def correct_address(session: Session, *, person: Alumnus, text: str, now: datetime) -> None:
    """Give `person` another address, or none where `text` is empty. Raises AddressRefused.

    What stopped mails to the person goes on doing so under the new address.
    """
    try:
        address = read_address(text)
    except BadCell as bad:
        if bad.reason.code != MISSING:
            raise AddressRefused(bad.reason) from None
        address = None
    person.email = address
    person.email_fault = None if address else EmailFault.MISSING
    person.updated_at = now
    session.flush()
