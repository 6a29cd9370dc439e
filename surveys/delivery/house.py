"""What every mail of this installation says of it, and where its mails are handed over."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from surveys.delivery.addresses import Mailbox, read_mailbox
from surveys.delivery.client import MailServer
from surveys.settings import Settings


@dataclass(frozen=True, kw_only=True)
class House:
    """The sender of all mails. Names by language; `bounce_pattern` holds one `*`."""

    base_url: str
    sender: Mailbox
    contact: Mailbox
    bounce_pattern: str | None
    organisation: dict[str, str]
    office: dict[str, str]

    @property
    def host(self) -> str:
        """The service's own host name, without a port."""
        return urlsplit(self.base_url).hostname or "localhost"

    @property
    def mail_domain(self) -> str:
        """The domain that the mails come from."""
        return self.sender.address.rpartition("@")[2]


def read_house(settings: Settings) -> House:
    """Return what the settings say of the sender. Raises HeaderRefused."""
    return House(
        base_url=settings.base_url,
        sender=read_mailbox(settings.mail_default_sender),
        contact=read_mailbox(settings.contact_address),
        bounce_pattern=settings.mail_bounce_address,
        organisation={"tr": settings.organisation_name, "en": settings.organisation_name_en},
        office={"tr": settings.office_name, "en": settings.office_name_en},
    )


def read_mail_server(settings: Settings) -> MailServer:
    """Return where the settings hand mails over, with the usual time limits."""
    return MailServer(
        host=settings.mail_server,
        port=settings.mail_port,
        ehlo_name=urlsplit(settings.base_url).hostname or "localhost",
        use_tls=settings.mail_use_tls,
        use_ssl=settings.mail_use_ssl,
        ca_file=settings.mail_ca_file,
        username=settings.mail_username,
        password=settings.mail_password,
    )
