"""What `flask doctor` says of the names that receivers look up when our mails come."""

from collections.abc import Iterator

from surveys.cli.doctor_findings import Finding
from surveys.cli.output import say
from surveys.delivery.house import read_signer_of
from surveys.delivery.sender_domain import (
    ALIGNMENT,
    DKIM,
    MX,
    Record,
    look_up_names,
    look_up_records,
)
from surveys.errors import N_
from surveys.extensions import toolbox

THERE = N_("%(label)s: %(name)s has a record.")
MISSING = N_("%(label)s: %(name)s has no record; large mailbox providers refuse such mail.")
NOT_LOOKED_AT = N_("%(label)s: no name server reached from here, so %(name)s was not looked at.")
OWN_WORDS: dict[tuple[str, bool | None], str] = {
    (DKIM, True): N_("DKIM: %(name)s holds the key that our mails are signed with."),
    (DKIM, False): N_(
        "DKIM: %(name)s does not hold the key that our mails are signed with; publish it there, or"
        " receivers distrust every mail."
    ),
    (ALIGNMENT, True): N_(
        "Alignment: returned mails go to %(name)s, which belongs to the sender's domain."
    ),
    (ALIGNMENT, False): N_(
        "Alignment: returned mails go to %(name)s, which does not belong to the sender's domain, so"
        " SPF vouches for nobody: receivers go by DKIM alone. Take an address below the sender's"
        " domain for DONUT_MAIL_BOUNCE_ADDRESS."
    ),
    (MX, True): N_("MX: %(name)s takes mail, so what can't be delivered comes back."),
    (MX, False): N_(
        "MX: %(name)s takes no mail; what can't be delivered comes back nowhere. Give it an MX"
        " record, or leave DONUT_MAIL_BOUNCE_ADDRESS empty."
    ),
}
NOT_SIGNED_HERE = N_(
    "DKIM: mails are not signed here. If the mail server signs them, a test mail to Gmail shows"
    " dkim=pass; if not, see DONUT_MAIL_DKIM_SELECTOR."
)
NAME_WORDS: dict[bool | None, str] = {
    True: N_("PTR: the mail server's address %(name)s has a name that leads back to it."),
    False: N_(
        "PTR: the mail server's address %(name)s has no name that leads back to it. If mails leave"
        " from there, large mailbox providers refuse them."
    ),
    None: NOT_LOOKED_AT,
}


def look_at_sender_domain() -> Iterator[Finding]:
    """The records of the sender's domain, where a name server answers."""
    settings = toolbox().settings
    records = look_up_records(
        settings.mail_default_sender,
        signer=read_signer_of(settings),
        bounces_to=settings.mail_bounce_address,
    )
    for record in records:
        yield Finding(record.label.lower(), record.is_there, _words(record))
    if all(record.label != DKIM for record in records):
        yield Finding("dkim", None, say(NOT_SIGNED_HERE))


def look_at_mail_server_name() -> Iterator[Finding]:
    """The names of the mail server's addresses: a hint, for others may carry our mails on."""
    for record in look_up_names(toolbox().settings.mail_server):
        words = say(NAME_WORDS[record.is_there], label=record.label, name=record.name)
        yield Finding("ptr", True if record.is_there else None, words)


def _words(record: Record) -> str:
    usual: dict[bool | None, str] = {True: THERE, False: MISSING, None: NOT_LOOKED_AT}
    words = OWN_WORDS.get((record.label, record.is_there), usual[record.is_there])
    return say(words, label=record.label, name=record.name)
