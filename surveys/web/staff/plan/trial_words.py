"""The state of a test mail in words: waiting, sent, failed and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from models import StaffMail, StaffMailState
from surveys.errors import N_
from surveys.notifying import outbox
from surveys.web.words import gettext

STATES: Mapping[str, str] = {
    StaffMailState.QUEUED: N_("The test e-mail waits to be sent."),
    StaffMailState.SENDING: N_("The test e-mail is being sent."),
    StaffMailState.SENT: N_("The test e-mail was sent to you."),
    StaffMailState.FAILED: N_("The test e-mail was not sent."),
    StaffMailState.UNKNOWN: N_("Nobody knows whether the test e-mail was sent."),
}
REASONS: Mapping[str, str] = {
    outbox.REFUSED: N_("The mail server refused it."),
    outbox.REFUSED_TOO_LONG: N_("The mail server refused it again and again."),
    outbox.NOT_WRITTEN: N_(
        "No mail could be made of its text: a placeholder has no value for this person."
    ),
    outbox.NOT_NEEDED: N_("The mailing was deleted meanwhile."),
    outbox.DISABLED: N_("Your account was closed meanwhile."),
    outbox.CRASHED: N_("The sender stopped before the server confirmed."),
    outbox.LINE_LOST: N_("The connection broke before the server confirmed."),
}
WAITING = (StaffMailState.QUEUED, StaffMailState.SENDING)


@dataclass(frozen=True)
class Trial:
    """The newest test of a mailing. `is_waiting`: the page asks again by itself."""

    words: str
    at: datetime
    is_waiting: bool
    is_bad: bool


def say_trial(mails: Sequence[StaffMail], key: int) -> Trial | None:
    """Return the newest test of the mailing `key` (index of a draft's, id of a live one)."""
    own = [
        mail for mail in mails if key in {mail.params.get("index"), mail.params.get("mailing_id")}
    ]
    if not own:
        return None
    mail = own[0]
    known = REASONS.get(mail.reason or "")
    reason = gettext(known) if known else ""
    return Trial(
        words=f"{gettext(STATES[mail.state])} {reason}".strip(),
        at=mail.settled_at or mail.created_at,
        is_waiting=mail.state in WAITING,
        is_bad=mail.state in {StaffMailState.FAILED, StaffMailState.UNKNOWN},
    )
