"""What a returned mail says, as far as a program can tell."""

from dataclasses import dataclass

from models import ReportKind


@dataclass(frozen=True)
class Trail:
    """What leads to our mail: the addresses that it came to, the Message-IDs that it names.

    `written_to`: whom the mail that comes back was addressed to, where it is returned.
    """

    delivered_to: tuple[str, ...] = ()
    message_ids: tuple[str, ...] = ()
    written_to: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Report:
    """One returned mail, read.

    `status` is the enhanced status code (RFC 3463) or "", `diagnostic` the remote server's words
    with addresses blanked, `reporter` who says so, `recipients` the addresses that it speaks of.
    """

    kind: ReportKind
    status: str = ""
    diagnostic: str = ""
    reporter: str = ""
    recipients: tuple[str, ...] = ()
    trail: Trail = Trail()
