"""The words for the states of the outbox, why a message is in one, and why nothing is sent."""

from collections.abc import Mapping

from models import MessageState
from surveys.delivery import settling
from surveys.delivery.canary import CANARY_FAILED
from surveys.delivery.eligibility import Obstacle
from surveys.delivery.recovery import CRASHED
from surveys.delivery.resolving import PROVED, RETRIED, Decision
from surveys.delivery.restored import RESTORED, UNREMEMBERED
from surveys.errors import N_

STATE_WORDS: Mapping[str, str] = {
    MessageState.QUEUED: N_("waiting"),
    MessageState.CLAIMED: N_("in preparation"),
    MessageState.SENDING: N_("being sent"),
    MessageState.SENT: N_("sent"),
    MessageState.FAILED: N_("failed"),
    MessageState.SUPPRESSED: N_("not needed"),
    MessageState.UNKNOWN: N_("unknown"),
}
REASON_WORDS: Mapping[str, str] = {
    Obstacle.ANSWERED: N_("has answered"),
    Obstacle.ANSWERED_BY_PHONE: N_("has answered by phone"),
    Obstacle.NOT_ELIGIBLE: N_("is no graduate or has died"),
    Obstacle.DECLINED: N_("does not want to take part"),
    Obstacle.SUPPRESSED: N_("wants no mail"),
    Obstacle.NO_ADDRESS: N_("has no e-mail address"),
    Obstacle.CLOSED: N_("the survey is over"),
    Obstacle.STOPPED: N_("staff stopped the mailing"),
    settling.REFUSED: N_("the server refused it for good"),
    settling.REFUSED_TOO_LONG: N_("the server refused it until the survey ended"),
    settling.REFUSED_FOR_NOW: N_("the server refused it for now; it will be tried again"),
    settling.REFUSED_BY_POLICY: N_("the server's policy refused it; it will be tried again"),
    settling.NOT_RENDERED: N_("no mail could be made of its text"),
    settling.LINE_LOST: N_("the connection broke before the server confirmed"),
    RESTORED: N_("the database was put back or moved and can't know whether it went"),
    Decision.FOUND_IN_LOG: N_("found in the mail server's log"),
    CRASHED: N_("the sender died before the server confirmed"),
    Decision.RESEND: N_("to be sent again, as staff decided"),
    Decision.ASSUME_SENT: N_("taken as sent, as staff decided"),
    PROVED: N_("something came back about it, so it had gone"),
    RETRIED: N_("to be tried again, as staff decided"),
}
STAFF = "staff"
LOGIN_REFUSED = "login_refused"
TEXT_BROKEN = "text_broken"
BOUNCED_BY_POLICY = "bounced_by_policy"
BOUNCED_IN_A_BURST = "bounced_in_a_burst"
MAILING_WORDS: Mapping[str, str] = {
    TEXT_BROKEN: N_(
        "Its mails can't be written. Correct its text, or the people's data in the roster, then"
        " let it go on."
    ),
    CANARY_FAILED: N_(
        "More than two of its first mails failed or came back, so the others wait. Read why, then"
        " let it go on."
    ),
    settling.REFUSED_BY_POLICY: N_(
        "The mail server refuses its mails by policy: for their content, their size or their"
        " sender. Read what it says, ask its operator, then let it go on."
    ),
}
BRAKE_WORDS: Mapping[str, str] = {
    RESTORED: N_(
        "A backup of the database was put back. It has forgotten mails that went since, so those"
        " that were due stand in doubt instead of going twice. Decide about them, by the mail"
        " server's log if there is one (flask outbox resolve CODE --from-log FILE), then let"
        " sending go on."
    ),
    UNREMEMBERED: N_(
        "This machine doesn't remember what went from this database: it is new, or its state folder"
        " is gone (DONUT_STATE_FOLDER). If the database is a backup, mails may have gone since, so"
        " those that were due stand in doubt instead of going twice. Decide about them, by the mail"
        " server's log if there is one (flask outbox resolve CODE --from-log FILE), or send them if"
        " everything was only moved, then let sending go on."
    ),
    STAFF: N_("Staff stopped it."),
    LOGIN_REFUSED: N_(
        "The mail server refused the user name or password. The operator of Dönüt must correct"
        " them (MAIL_USERNAME, MAIL_PASSWORD)."
    ),
    BOUNCED_BY_POLICY: N_(
        "Receivers send our mails back as unwanted. Read what they say under returned mails, and"
        " ask the operator of the mail server about SPF, DKIM, DMARC and block lists."
    ),
    BOUNCED_IN_A_BURST: N_(
        "So many mails came back at once that the fault is probably on our side. Nobody was marked"
        " as unreachable for it. Read what receivers say under returned mails."
    ),
    # An older release stopped all sending for these two.
    settling.REFUSED_BY_POLICY: N_(
        "The mail server refuses every mail by its policy. Ask its operator whether this machine"
        " may send for the sender's address."
    ),
    TEXT_BROKEN: N_(
        "The mails of a mailing can't be written. Correct its text, or the people's data in the"
        " roster."
    ),
}
