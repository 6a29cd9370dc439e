"""`flask bounce read`: take in what came back by mail."""

import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from models import ReportSource, ReportVerdict
from surveys.bounces.ingest import Returned
from surveys.cli.output import emit, json_option, refusals, say
from surveys.errors import N_, DonutError
from surveys.extensions import toolbox
from surveys.i18n import format_integer
from surveys.jobs.mailbox import open_mailbox, read_mailbox_address
from surveys.jobs.returns import READ_BYTES, Taken, read_imap, read_maildir, take_in

# "Try again later" to the mail server that pipes a mail in (sysexits.h, EX_TEMPFAIL).
TRY_AGAIN = 75


class MailboxNotSet(DonutError):
    """No mailbox is set up."""

    code = "bounce_mailbox_not_set"
    message = N_("No mailbox for returned mails is set up: DONUT_BOUNCE_IMAP_HOST and its like.")


@click.group(cls=AppGroup)
def bounce() -> None:
    """Take in what came back by mail: reports, complaints, automatic replies."""


@bounce.command("read")
@click.option("--stdin", "is_piped", is_flag=True, help="One mail from standard input.")
@click.option(
    "--maildir",
    type=click.Path(path_type=Path, file_okay=False),
    help="All new mails of a Maildir; each moves to cur once it is in.",
)
@click.option("--imap", "is_imap", is_flag=True, help="The mailbox of the settings.")
@json_option
def read_command(*, is_piped: bool, maildir: Path | None, is_imap: bool, as_json: bool) -> None:
    """Take returned mails in, each once; say where they come from."""
    if sum((is_piped, maildir is not None, is_imap)) != 1:
        raise click.UsageError(say(N_("Say one of --stdin, --maildir and --imap.")))
    taken = Taken()
    if is_piped:
        _read_piped(taken)
    else:
        with refusals(as_json=as_json):
            _read_box(maildir, taken)
    emit(taken.as_result(), _words(taken), as_json=as_json)


def _read_piped(taken: Taken) -> None:
    """Take one mail in; whatever keeps it out lets the mail server try again later."""
    raw = sys.stdin.buffer.read(READ_BYTES)
    # What is longer is not read, but the pipe must not break.
    while sys.stdin.buffer.read(READ_BYTES):
        pass
    try:
        taken.count(take_in(Returned(raw, ReportSource.STDIN)))
    except Exception as fault:  # noqa: BLE001 - any other exit code would lose the mail: it has no sender to go back to
        click.echo(f"{type(fault).__name__}", err=True)
        sys.exit(TRY_AGAIN)


def _read_box(maildir: Path | None, taken: Taken) -> None:
    if maildir is not None:
        read_maildir(maildir, taken)
        return
    address = read_mailbox_address(toolbox().settings)
    if address is None:
        raise MailboxNotSet
    with open_mailbox(address) as box:
        read_imap(box, taken)


def _words(taken: Taken) -> list[str]:
    message = N_(
        "Read: %(read)s. Addresses stopped: %(suppressed)s, counted: %(counted)s, to look at:"
        " %(alerted)s, automatic replies: %(noted)s, delays: %(ignored)s, not understood: %(kept)s,"
        " known before: %(known)s."
    )
    language = toolbox().settings.default_language
    counts = {name: format_integer(count, language) for name, count in taken.as_result().items()}
    lines = [say(message, **counts)]
    if taken.verdicts[ReportVerdict.ALERTED]:
        lines.append(
            say(N_("Receivers turn mails down for what they are: read what they say in /returns."))
        )
    if taken.unfiled_count:
        lines.append(
            say(
                N_(
                    "%(unfiled)s of them can't be moved to another folder of the mailbox and stay"
                    " where they are: look at its quota and folders."
                ),
                unfiled=counts["unfiled"],
            )
        )
    return lines
