"""The details of an entry in words: what each one is called, and what its coded values mean."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from models import StaffLinkPurpose
from surveys.api_keys.words import KEY_KINDS
from surveys.delivery.resolving import Decision
from surveys.errors import N_
from surveys.i18n import format_integer
from surveys.inviting.notes import KIND_WORDS
from surveys.web.staff.account.login_pages import METHODS
from surveys.web.staff.people.words import ROLES
from surveys.web.staff.roster.person_page import OUTCOME_LABELS
from surveys.web.words import current_language, gettext

NAMES: Final[Mapping[str, str]] = {
    "bytes": N_("Size in bytes"),
    "cancelled_count": N_("E-mails taken out of the plan"),
    "closes_at": N_("Closes"),
    "code": N_("Code of the fault"),
    "count": N_("Number of e-mails"),
    "created": N_("New"),
    "decision": N_("Decision"),
    "drafts": N_("Unfinished answers deleted"),
    "due_now": N_("Sent at once"),
    "fields": N_("What was changed"),
    "format": N_("Kind of file"),
    "indicator": N_("Indicator"),
    "hours": N_("Hours for which the old secret still signs"),
    "import": N_("Number of the import"),
    "invitations": N_("People invited"),
    "is_demo": N_("Sample data"),
    "keeps_personal_data": N_("With personal data"),
    "kind": N_("Kind"),
    "mailing": N_("Number of the e-mail in the plan"),
    "messages": N_("Number of messages"),
    "method": N_("Way to sign in"),
    "name": N_("Name"),
    "networks": N_("Networks"),
    "number": N_("State brought back"),
    "people": N_("People concerned"),
    "planned_count": N_("E-mails brought back into the plan"),
    "position": N_("Number of the e-mail in the plan"),
    "purpose": N_("Use of the link"),
    "read": N_("Rows read"),
    "reason": N_("Reason"),
    "rejected": N_("Rejected"),
    "responses": N_("Answers deleted"),
    "revision": N_("State of the draft"),
    "role": N_("Role"),
    "role_before": N_("Role before"),
    "rows": N_("Rows"),
    "scopes": N_("Rights"),
    "unchanged": N_("Same"),
    "unit": N_("Unit"),
    "unmailable": N_("Without a usable address"),
    "updated": N_("Changed"),
    "version": N_("Version"),
    "warnings": N_("Warnings at launch"),
}
VALUES: Final[Mapping[str, Mapping[Any, str]]] = {
    "decision": {
        Decision.RESEND: N_("Send again"),
        Decision.ASSUME_SENT: N_("Count as sent"),
    },
    "kind": {**OUTCOME_LABELS, **KIND_WORDS, **KEY_KINDS},
    "method": METHODS,
    "purpose": {
        StaffLinkPurpose.SET_PASSWORD: N_("To set a password"),
        StaffLinkPurpose.SIGN_IN: N_("To sign in once"),
    },
    "role": ROLES,
    "role_before": ROLES,
}


def say_details(details: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return (name, value) of each detail in the page's language, in the order of the names."""
    return sorted((_say_name(key), _say_value(key, value)) for key, value in details.items())


def _say_name(key: str) -> str:
    return gettext(NAMES[key]) if key in NAMES else key


def _say_value(key: str, value: object) -> str:
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, int):
        return format_integer(value, current_language())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return format_integer(len(value), current_language())
    known = VALUES.get(key, {}).get(str(value))
    return gettext(known) if known else str(value)
