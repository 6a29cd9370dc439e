"""Words for returned mails."""

from collections.abc import Mapping

from models import ReportKind, ReportVerdict
from surveys.bounces.deciding import Decision
from surveys.bounces.listing import View
from surveys.errors import N_

VIEW_WORDS: Mapping[str, str] = {
    View.OPEN: N_("To look at"),
    View.STOPPED: N_("Addresses stopped"),
    View.REPLIES: N_("Automatic replies"),
    View.ALL: N_("All"),
}
KIND_WORDS: Mapping[str, str] = {
    ReportKind.BOUNCE: N_("Not delivered"),
    ReportKind.DELAYED: N_("Delayed or passed on"),
    ReportKind.COMPLAINT: N_("Called unwanted"),
    ReportKind.AUTO_REPLY: N_("Automatic reply"),
    ReportKind.UNRECOGNISED: N_("Not understood"),
}
VERDICT_WORDS: Mapping[str, str] = {
    ReportVerdict.SUPPRESSED: N_("No more mail goes there."),
    ReportVerdict.COUNTED: N_("Counted; mails go on for now."),
    ReportVerdict.ALERTED: N_("Speaks of our mail, not of the person: nobody was stopped for it."),
    ReportVerdict.NOTED: N_("Noted; mails go on."),
    ReportVerdict.IGNORED: N_("Nothing to do: the server keeps trying, or has passed the mail on."),
    ReportVerdict.KEPT: N_("Waits for a person to read it."),
}
DECISION_WORDS: Mapping[str, str] = {
    Decision.SEEN: N_("seen"),
    Decision.AWAY: N_("away until after the closing day"),
    Decision.MOVED: N_("has another address"),
    Decision.RESENT: N_("sent again"),
}
