"""Roles, and states of a mailed link, in words."""

from models import Role, StaffMail, StaffMailState
from surveys.errors import N_
from surveys.web.words import gettext

ROLES = {
    Role.ADMIN: N_("Administrator"),
    Role.EDITOR: N_("Editor"),
    Role.VIEWER: N_("Viewer"),
}
DUTIES = {
    Role.ADMIN: N_("Administrator: everything, and manages people"),
    Role.EDITOR: N_("Editor: builds and sends surveys, keeps the list of graduates"),
    Role.VIEWER: N_("Viewer: looks at everything, changes nothing"),
}
MAIL_STATES = {
    StaffMailState.QUEUED: N_("The e-mail with the link waits to be sent."),
    StaffMailState.SENDING: N_("The e-mail with the link is being sent."),
    StaffMailState.SENT: N_("The e-mail with the link was sent."),
    StaffMailState.FAILED: N_("The e-mail with the link was not delivered. Check the address."),
    StaffMailState.UNKNOWN: N_(
        "It is not certain that the e-mail with the link arrived. Ask, or send a new one."
    ),
}
BAD_STATES = frozenset({StaffMailState.FAILED, StaffMailState.UNKNOWN})


def role_word(role: str) -> str:
    """Return the name of a role."""
    return gettext(ROLES[Role(role)])


def role_options() -> list[tuple[str, str]]:
    """Return the roles with what each may do, for a choice in a form."""
    return [(role.value, gettext(duty)) for role, duty in DUTIES.items()]


def mail_words(mail: StaffMail | None) -> str | None:
    """Return what became of a mailed link, or None where none was mailed."""
    return gettext(MAIL_STATES[StaffMailState(mail.state)]) if mail else None
