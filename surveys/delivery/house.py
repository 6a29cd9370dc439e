"""What every mail of this installation says of it, and where its mails are handed over."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from surveys.delivery.addresses import Mailbox, read_mailbox
from surveys.delivery.client import MailServer
from surveys.delivery.signing import Signer, read_signer
from surveys.settings import Settings


@dataclass(frozen=True, kw_only=True)
class House:
    """The sender of all mails. Names by language; `bounce_pattern` holds one `*`.

    `signer` signs the mails where the mail server doesn't.
    """

    base_url: str
    sender: Mailbox
    contact: Mailbox
    bounce_pattern: str | None
    organisation: dict[str, str]
    office: dict[str, str]
    signer: Signer | None = None

    def seal(self, content: bytes) -> bytes:
        """Return a composed mail as it goes over the wire, signed where that is our part."""
        return content if self.signer is None else self.signer.sign(content)

    @property
    def host(self) -> str:
        """The service's own host name, without a port."""
        return urlsplit(self.base_url).hostname or "localhost"

    @property
    def mail_domain(self) -> str:
        """The domain that the mails come from."""
        return self.sender.address.rpartition("@")[2]


def read_house(settings: Settings) -> House:
    """Return what the settings say of the sender. Raises HeaderRefused, SigningKeyUnusable."""
    return House(
        base_url=settings.base_url,
        sender=read_mailbox(settings.mail_default_sender),
        signer=read_signer_of(settings),
        contact=read_mailbox(settings.contact_address),
        bounce_pattern=settings.mail_bounce_address,
        organisation={"tr": settings.organisation_name, "en": settings.organisation_name_en},
        office={"tr": settings.office_name, "en": settings.office_name_en},
    )


def read_signer_of(settings: Settings) -> Signer | None:
    """Return who signs for the sender's domain, None where the mail server does.

    Raises HeaderRefused, SigningKeyUnusable.
    """
    if settings.mail_dkim_key_file is None or settings.mail_dkim_selector is None:
        return None
    return read_signer(
        settings.mail_dkim_key_file,
        selector=settings.mail_dkim_selector,
        domain=read_mailbox(settings.mail_default_sender).address.rpartition("@")[2],
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
