"""Which function writes which kind of mail to staff."""

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from models import StaffMail, StaffMailKind
from surveys.notifying.alert_letter import write_alert_letter
from surveys.notifying.digest_letter import write_digest_letter
from surveys.notifying.letters import Context, StaffLetter
from surveys.notifying.link_letter import write_link_letter
from surveys.notifying.owner_letter import write_owner_letter
from surveys.notifying.trial_letter import write_test_letter

# A writer runs in the transaction that marks the mail as being sent, so it must be quick; it
# returns None when the occasion is over and no mail is needed any more.
Writer = Callable[[Session, StaffMail, Context], StaffLetter | None]

WRITERS: Mapping[StaffMailKind, Writer] = {
    StaffMailKind.LINK: write_link_letter,
    StaffMailKind.DIGEST: write_digest_letter,
    StaffMailKind.ALERT: write_alert_letter,
    StaffMailKind.TEST: write_test_letter,
    StaffMailKind.WEBHOOK: write_owner_letter,
}
