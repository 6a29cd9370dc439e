"""What `flask doctor` says of where returned mails are read from."""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from models import Beat
from surveys.cli.doctor_findings import Finding
from surveys.cli.output import say
from surveys.errors import N_, DonutError
from surveys.extensions import reader, toolbox
from surveys.i18n import format_integer
from surveys.jobs.mailbox import MailboxAddress, open_mailbox, read_mailbox_address
from surveys.jobs.returns import find_new

JOB = "read-bounces"


def look_at_returns() -> Iterator[Finding]:
    """Whether each place of the settings can be read, and what the last pass left there."""
    settings = toolbox().settings
    address = read_mailbox_address(settings)
    if not settings.reads_returned_mails:
        words = N_(
            "Returned mails: no place is set from which they are read (DONUT_BOUNCE_IMAP_HOST,"
            " DONUT_BOUNCE_MAILDIR). Well, if the mail server hands them over"
            " (flask bounce read --stdin)."
        )
        yield Finding("returned_mails", None, say(words))
        return
    if settings.bounce_maildir is not None:
        yield _look_at_maildir(Path(settings.bounce_maildir))
    if address is not None:
        yield _look_at_mailbox(address)
    yield from _look_at_last_pass()


def _look_at_maildir(path: Path) -> Finding:
    try:
        count = len(find_new(path))
    except DonutError as fault:
        return Finding("returned_mails_maildir", False, say(fault.message, **fault.params))
    words = say(N_("Returned mails: %(path)s, %(count)s new."), path=path, count=_number(count))
    return Finding("returned_mails_maildir", True, words)


def _look_at_mailbox(address: MailboxAddress) -> Finding:
    try:
        with open_mailbox(address) as box:
            count = len(box.list_uids())
    except DonutError as fault:
        return Finding("returned_mails_mailbox", False, say(fault.message, **fault.params))
    words = say(
        N_("Returned mails: %(mailbox)s of %(username)s at %(host)s, %(count)s to read."),
        mailbox=address.mailbox,
        username=address.username,
        host=address.host,
        count=_number(count),
    )
    return Finding("returned_mails_mailbox", True, words)


def _look_at_last_pass() -> Iterator[Finding]:
    try:
        beat = reader().get(Beat, JOB)
    except SQLAlchemyError:
        # The schema's own line tells why.
        reader().rollback()
        return
    stuck = {
        "unfiled": N_(
            "Returned mails: %(count)s were read and can't be moved to another folder. Look at the"
            " mailbox's quota and folders."
        ),
        "left": N_(
            "Returned mails: %(count)s can't be taken in and stay where they are. The scheduler's"
            " log tells why (returned_mail_not_taken_in)."
        ),
    }
    for name, words in stuck.items():
        count = beat.result.get(name, 0) if beat else 0
        if count:
            yield Finding(f"returned_mails_{name}", False, say(words, count=_number(count)))


def _number(count: int) -> str:
    return format_integer(count, toolbox().settings.default_language)
