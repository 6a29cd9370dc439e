"""The environment → Settings; all faults are reported together."""

import os
from collections.abc import Mapping
from datetime import time
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from marshmallow import (
    EXCLUDE,
    Schema,
    ValidationError,
    fields,
    post_load,
    validate,
    validates_schema,
)
from sqlalchemy.engine import make_url

from surveys.environment import checks
from surveys.environment.written import (
    CommaList,
    GroupRates,
    Hours,
    Numbers,
    Weekdays,
    secret,
    switch,
    whole_number,
)
from surveys.settings import LOOPBACK_HOSTS, ROOT, Settings

PREFIX = "DONUT_"
MIDNIGHT = time(0)
EVERY_DAY = frozenset(range(1, 8))
LOCAL_SENDER = "Dönüt <donut@localhost>"


class InvalidSettings(Exception):
    """The environment can't be used; `faults` has one line a fault."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("The settings can't be used:\n" + "\n".join(f"  {f}" for f in faults))
        self.faults = faults


def _check_oidc_together(data: dict[str, Any], faults: dict[str, list[str]]) -> None:
    """Add what lacks where a single sign-on is set, or a way in where none is left."""
    if data.get("oidc_issuer"):
        for name in ("oidc_client_id", "oidc_client_secret"):
            if name in data and not data[name]:
                faults[name] = ["is missing: the single sign-on knows this service by it"]
    elif "oidc_issuer" in data and data.get("local_sign_in") is False:
        faults["local_sign_in"] = ["can't be off without DONUT_OIDC_ISSUER: nobody could sign in"]


def _check_dkim_together(data: dict[str, Any], faults: dict[str, list[str]]) -> None:
    """Add what lacks where one half of what signing needs is set."""
    names = ("mail_dkim_selector", "mail_dkim_key_file")
    if any(data.get(name) for name in names):
        for name in names:
            if name in data and not data[name]:
                faults[name] = ["is missing: signing needs the selector and the key's file"]


class _SettingsSchema(Schema):
    """The environment less the prefix, in lower case → Settings."""

    class Meta:
        unknown = EXCLUDE

    database_url = fields.String(
        load_default="sqlite:///instance/donut.db", validate=checks.check_database_url
    )
    secret_key = secret(required=True)
    secret_key_fallbacks = CommaList(secret(), load_default=list)
    link_keys = CommaList(secret(), load_default=list)
    hash_keys = CommaList(secret(), load_default=list)
    data_keys = CommaList(secret(), load_default=list)
    base_url = fields.String(
        required=True,
        validate=checks.check_base_url,
        error_messages={"required": "is missing: the address that all mailed links start with"},
    )
    mail_server = fields.String(load_default="localhost", validate=validate.Length(min=1))
    mail_port = whole_number(25, 1, 65_535)
    mail_use_tls = switch()
    mail_use_ssl = switch()
    mail_ca_file = fields.String(load_default=None)
    mail_username = fields.String(load_default=None)
    mail_password = fields.String(load_default=None)
    mail_default_sender = fields.String(load_default=None, validate=checks.check_address)
    mail_bounce_address = fields.String(load_default=None, validate=checks.check_bounce_address)
    mail_dkim_selector = fields.String(load_default=None, validate=checks.check_selector)
    mail_dkim_key_file = fields.String(load_default=None, validate=checks.check_signing_key)
    bounce_maildir = fields.String(load_default=None)
    bounce_imap_host = fields.String(load_default=None)
    bounce_imap_port = whole_number(993, 1, 65_535)
    bounce_imap_username = fields.String(load_default=None)
    bounce_imap_password = fields.String(load_default=None)
    bounce_imap_mailbox = fields.String(load_default="INBOX")
    bounce_imap_ca_file = fields.String(load_default=None, validate=checks.check_ca_file)
    state_folder = fields.String(load_default=str(ROOT / "instance"))
    mail_connections = whole_number(2, 1, 50)
    mail_rate = whole_number(0, 0, 1_000_000)
    mail_domain_rates = GroupRates(load_default=dict)
    mail_ramp_up = Numbers(load_default=())
    mail_window = Hours(load_default=(MIDNIGHT, MIDNIGHT))
    mail_weekdays = Weekdays(load_default=EVERY_DAY)
    mail_holidays = switch()
    mail_canary = whole_number(20, 0, 10_000)
    timezone = fields.String(load_default="Europe/Istanbul", validate=checks.check_timezone)
    default_language = fields.String(load_default="tr", validate=validate.OneOf(["tr", "en"]))
    organisation_name = fields.String(load_default="Üniversite")
    organisation_name_en = fields.String(load_default=None)
    office_name = fields.String(load_default="Kariyer ve Mezunlar Ofisi")
    office_name_en = fields.String(load_default="Career and Alumni Office")
    contact_address = fields.String(load_default=None, validate=checks.check_address)
    oidc_issuer = fields.String(load_default=None, validate=checks.check_issuer)
    oidc_client_id = fields.String(load_default=None)
    oidc_client_secret = fields.String(load_default=None)
    oidc_name = fields.String(load_default=None)
    oidc_required_acr = CommaList(fields.String(), load_default=list)
    local_sign_in = switch(default=None)
    ratelimit_storage_uri = fields.String(
        load_default=checks.IN_MEMORY, validate=checks.check_storage
    )
    api_requests_a_minute = whole_number(60, 1, 1_000_000)
    api_refusals_a_minute = whole_number(20, 1, 1_000_000)
    webhook_allowed_hosts = CommaList(fields.String(validate=checks.check_host), load_default=list)
    webhook_allowed_nets = CommaList(
        fields.String(validate=checks.check_network), load_default=list
    )
    webhook_ports = CommaList(
        fields.Integer(
            validate=validate.Range(1, 65_535, error="must be ports from 1 to 65535"),
            error_messages={"invalid": "must be ports, such as 443,8443"},
        ),
        load_default=lambda: [443],
    )
    webhook_ca_file = fields.String(load_default=None, validate=checks.check_ca_file)
    webhook_coalesce_s = whole_number(900, 0, 86_400)
    proxy_hops = whole_number(0, 0, 10)
    log_format = fields.String(load_default="console", validate=validate.OneOf(["console", "json"]))
    log_level = fields.String(
        load_default="INFO", validate=validate.OneOf(["DEBUG", "INFO", "WARNING", "ERROR"])
    )

    @validates_schema(skip_on_field_errors=False)
    def check_together(self, data: dict[str, Any], **_: Any) -> None:
        """Name what only shows in several settings; those with faults of their own are absent."""
        faults: dict[str, list[str]] = {}
        if data.get("mail_use_tls") and data.get("mail_use_ssl"):
            faults["mail_use_ssl"] = ["can't be on together with MAIL_USE_TLS"]
        if data.get("mail_default_sender", "") is None and not _is_here(data.get("base_url", "")):
            faults["mail_default_sender"] = ["is missing: whom the mails come from"]
        _check_oidc_together(data, faults)
        _check_dkim_together(data, faults)
        if faults:
            raise ValidationError(faults)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Settings:
        """Fill what follows from other settings, freeze."""
        data["base_url"] = data["base_url"].rstrip("/")
        data["database_url"] = _anchored(data["database_url"])
        data["mail_default_sender"] = data["mail_default_sender"] or LOCAL_SENDER
        data["contact_address"] = (
            data["contact_address"] or parseaddr(data["mail_default_sender"])[1]
        )
        data["organisation_name_en"] = data["organisation_name_en"] or data["organisation_name"]
        data["oidc_name"] = data["oidc_name"] or data["organisation_name"]
        if data["local_sign_in"] is None:
            data["local_sign_in"] = data["oidc_issuer"] is None
        return Settings(**data)


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of `environment` (the process's own by default).

    Raises InvalidSettings naming every fault at once. An empty value counts as not set. How many
    web processes there are is gunicorn's to know, by its own variable.
    """
    source = os.environ if environment is None else environment  # noqa: TID251 - the one place
    names = _SettingsSchema().fields
    given = {
        name: source[PREFIX + name.upper()] for name in names if source.get(PREFIX + name.upper())
    }
    try:
        settings = _SettingsSchema().load(given)
    except ValidationError as error:
        raise InvalidSettings(_fault_lines(error)) from None
    assert isinstance(settings, Settings)  # noqa: S101 - for the type checker: build() makes it
    refuse_counting_apart(settings, source.get("WEB_CONCURRENCY", ""))
    return settings


def refuse_counting_apart(settings: Settings, process_count: str) -> None:
    """Refuse several web processes that each count attempts for themselves.

    Every limit would be multiplied by their number. Raises InvalidSettings.
    """
    is_several = process_count.isdecimal() and int(process_count) > 1
    if is_several and settings.ratelimit_storage_uri.startswith(checks.IN_MEMORY):
        fault = f"must be redis://… with {process_count} web processes: each would count for itself"
        raise InvalidSettings([f"{PREFIX}RATELIMIT_STORAGE_URI: {fault}"])


def _fault_lines(error: ValidationError) -> list[str]:
    by_name: dict[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call] # marshmallow left it untyped
    lines: list[str] = []
    for name, messages in by_name.items():
        by_item = messages.values() if isinstance(messages, dict) else [messages]
        lines.extend(f"{PREFIX}{name.upper()}: {m}" for item in by_item for m in item)
    return sorted(lines)


def _anchored(database_url: str) -> str:
    """Make the path of an SQLite file absolute, so that every process opens the same file."""
    url = make_url(database_url)
    if url.drivername != "sqlite" or url.database is None:
        return database_url
    return url.set(database=str(ROOT / url.database)).render_as_string(hide_password=False)


def _is_here(base_url: str) -> bool:
    return not base_url or urlsplit(base_url).hostname in LOOPBACK_HOSTS
