"""Settings as the rest of the service sees them: read once, frozen."""

from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

from surveys.tokens import Keys, derive_key

ROOT = Path(__file__).resolve().parents[1]
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the operator decides; see the table in README.md for each meaning."""

    database_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    secret_key_fallbacks: list[str] = field(repr=False)
    link_keys: list[str] = field(repr=False)
    hash_keys: list[str] = field(repr=False)
    data_keys: list[str] = field(repr=False)
    base_url: str
    mail_server: str
    mail_port: int
    mail_use_tls: bool
    mail_use_ssl: bool
    mail_ca_file: str | None
    mail_username: str | None
    mail_password: str | None = field(repr=False)
    mail_default_sender: str
    mail_bounce_address: str | None
    mail_dkim_selector: str | None
    mail_dkim_key_file: str | None
    bounce_maildir: str | None
    bounce_imap_host: str | None
    bounce_imap_port: int
    bounce_imap_username: str | None
    bounce_imap_password: str | None = field(repr=False)
    bounce_imap_mailbox: str
    bounce_imap_ca_file: str | None
    state_folder: str
    mail_connections: int
    mail_rate: int
    mail_domain_rates: dict[str, int]
    mail_ramp_up: tuple[int, ...]
    mail_window: tuple[time, time]
    mail_weekdays: frozenset[int]
    mail_holidays: bool
    mail_canary: int
    timezone: str
    default_language: str
    organisation_name: str
    organisation_name_en: str
    office_name: str
    office_name_en: str
    contact_address: str
    oidc_issuer: str | None
    oidc_client_id: str | None
    oidc_client_secret: str | None = field(repr=False)
    oidc_name: str
    oidc_required_acr: list[str]
    local_sign_in: bool
    ratelimit_storage_uri: str
    api_requests_a_minute: int
    api_refusals_a_minute: int
    webhook_allowed_hosts: list[str]
    webhook_allowed_nets: list[str]
    webhook_ports: list[int]
    webhook_ca_file: str | None
    webhook_coalesce_s: int
    proxy_hops: int
    log_format: str
    log_level: str

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which days and years begin."""
        return ZoneInfo(self.timezone)

    @property
    def has_oidc(self) -> bool:
        """Whether staff can sign in through a single sign-on."""
        return self.oidc_issuer is not None

    @property
    def reads_returned_mails(self) -> bool:
        """Whether the scheduler reads returned mails from somewhere."""
        return self.bounce_maildir is not None or self.bounce_imap_host is not None

    @property
    def is_https(self) -> bool:
        """Whether people reach the service over TLS."""
        return self.base_url.startswith("https://")

    def keys(self) -> Keys:
        """Return the key rings; unset ones are derived from the secret key and its fallbacks."""
        secrets = [self.secret_key, *self.secret_key_fallbacks]
        return Keys(
            link=_ring(self.link_keys, secrets, label="link"),
            hash=_ring(self.hash_keys, secrets, label="hash"),
            data=_ring(self.data_keys, secrets, label="data"),
        )


def _ring(given: list[str], secrets: list[str], *, label: str) -> list[bytes]:
    if given:
        return [key.encode() for key in given]
    return [derive_key(secret, label) for secret in secrets]
