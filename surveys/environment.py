"""The environment → Settings; all faults are reported together."""

import os
import re
import ssl
from collections.abc import Mapping
from datetime import time
from email.utils import parseaddr
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

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
from sqlalchemy.exc import ArgumentError

from models import DomainGroup
from surveys.settings import LOOPBACK_HOSTS, ROOT, Settings

PREFIX = "DONUT_"
MINIMUM_SECRET_LENGTH = 32
# A host, or with a dot before it all hosts below it; lower-case ASCII as it stands in addresses.
HOST = re.compile(r"\.?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
IN_MEMORY = "memory://"
STORAGES = (IN_MEMORY, "redis://", "rediss://")
HOURS = re.compile(r"((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d)")
DAYS = re.compile(r"([1-7])(?:-([1-7]))?")
MIDNIGHT = time(0)
EVERY_DAY = frozenset(range(1, 8))
LOCAL_SENDER = "Dönüt <donut@localhost>"


class InvalidSettings(Exception):
    """The environment can't be used; `faults` has one line a fault."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("The settings can't be used:\n" + "\n".join(f"  {f}" for f in faults))
        self.faults = faults


class _CommaList(fields.List[Any]):
    """A list written with commas."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> list[Any]:
        parts = value.split(",") if isinstance(value, str) else value
        trimmed = [part.strip() for part in parts if part.strip()]
        return super()._deserialize(trimmed, attr, data, **kwargs) or []


class _GroupRates(fields.Field[dict[str, int]]):
    """Mails a minute by group of receivers: `gmail=20,rest=60`."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> dict[str, int]:
        del attr, data, kwargs
        pairs = [part.partition("=") for part in str(value).split(",") if part.strip()]
        rates = {name.strip(): number.strip() for name, _is, number in pairs}
        is_usual = all(number.isdecimal() and int(number) > 0 for number in rates.values())
        if not is_usual or not rates.keys() <= {group.value for group in DomainGroup}:
            raise ValidationError(
                f"must look like gmail=20,rest=60; groups: {', '.join(DomainGroup)}"
            )
        return {name: int(number) for name, number in rates.items()}


class _Numbers(fields.Field[tuple[int, ...]]):
    """Whole numbers with commas: `500,2000,5000`."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> tuple[int, ...]:
        del attr, data, kwargs
        parts = [part.strip() for part in str(value).split(",") if part.strip()]
        if not all(part.isdecimal() and int(part) > 0 for part in parts):
            raise ValidationError("must be whole numbers with commas, such as 500,2000,5000")
        return tuple(int(part) for part in parts)


class _Hours(fields.Field[tuple[time, time]]):
    """From when to when mails go: `08:00-18:00`."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> tuple[time, time]:
        del attr, data, kwargs
        found = HOURS.fullmatch(str(value))
        if found is None or found[1] >= found[2]:
            raise ValidationError("must look like 08:00-18:00, the earlier hour first")
        return time.fromisoformat(found[1]), time.fromisoformat(found[2])


class _Weekdays(fields.Field[frozenset[int]]):
    """Days of the week, 1 is Monday: `1-5` or `1,2,4`."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> frozenset[int]:
        del attr, data, kwargs
        days: set[int] = set()
        for part in str(value).split(","):
            found = DAYS.fullmatch(part.strip())
            if found is None:
                raise ValidationError("must be days such as 1-5 or 1,2,4 (1 is Monday)")
            days.update(range(int(found[1]), int(found[2] or found[1]) + 1))
        return frozenset(days)


def _secret(*, required: bool = False) -> fields.String:
    return fields.String(
        required=required,
        validate=validate.Length(
            min=MINIMUM_SECRET_LENGTH, error="needs 32 or more random characters"
        ),
        error_messages={"required": "is missing: 32 or more random characters"},
    )


def _check_database_url(value: str) -> None:
    try:
        url = make_url(value)
    except ArgumentError:
        raise ValidationError("is no database address") from None
    if url.drivername not in {"sqlite", "postgresql+psycopg"}:
        raise ValidationError("must begin with sqlite:/// or postgresql+psycopg://")
    if url.drivername == "sqlite" and url.database in {None, "", ":memory:"}:
        raise ValidationError("must name a file: a database in memory keeps nothing")


def _check_base_url(value: str) -> None:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValidationError("must look like https://anket.example.edu.tr")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValidationError("must end after the host: no path, query or fragment")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK_HOSTS:
        raise ValidationError("must begin with https:// except on this machine (127.0.0.1)")


def _check_address(value: str) -> None:
    name, address = parseaddr(value)
    if any(ord(c) < ord(" ") for c in name) or "@" not in address or not address.isascii():
        raise ValidationError("must look like Mezunlar Ofisi <mezun@example.edu.tr>")


def _check_bounce_address(value: str) -> None:
    if value.count("*") != 1 or "@" not in value.split("*")[1]:
        raise ValidationError("must hold one * before the @, such as b+*@bounce.example.edu.tr")


def _check_host(value: str) -> None:
    if not HOST.fullmatch(value):
        raise ValidationError("must be host names, such as mezun.example.edu.tr or .example.edu.tr")


def _check_network(value: str) -> None:
    try:
        ip_network(value)
    except ValueError:
        raise ValidationError("must be networks, such as 10.20.0.0/16") from None


def _check_storage(value: str) -> None:
    if not value.startswith(STORAGES):
        raise ValidationError("must be memory:// or begin with redis:// or rediss://")


def _check_ca_file(value: str) -> None:
    try:
        ssl.create_default_context(cafile=value)
    except OSError:  # ssl.SSLError among them: no certificate inside
        raise ValidationError("must be a readable file of certificates (PEM)") from None


def _check_timezone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError("is no time zone name, such as Europe/Istanbul")


def _switch(*, default: bool | None = False) -> fields.Boolean:
    return fields.Boolean(
        load_default=default,
        truthy={"1", "true", "yes", "on"},
        falsy={"0", "false", "no", "off"},
        error_messages={"invalid": "must be 1 or 0"},
    )


def _whole_number(default: int, lowest: int, highest: int) -> fields.Integer:
    return fields.Integer(
        load_default=default,
        validate=validate.Range(
            lowest, highest, error=f"must be a whole number from {lowest} to {highest}"
        ),
        error_messages={"invalid": "must be a whole number"},
    )


def _check_issuer(value: str) -> None:
    parts = urlsplit(value)
    is_here = parts.scheme == "http" and parts.hostname in LOOPBACK_HOSTS
    if not parts.hostname or not (parts.scheme == "https" or is_here):
        raise ValidationError("must be an https:// address, as the provider writes it")


def _check_oidc_together(data: dict[str, Any], faults: dict[str, list[str]]) -> None:
    """Add what lacks where a single sign-on is set, or a way in where none is left."""
    if data.get("oidc_issuer"):
        for name in ("oidc_client_id", "oidc_client_secret"):
            if name in data and not data[name]:
                faults[name] = ["is missing: the single sign-on knows this service by it"]
    elif "oidc_issuer" in data and data.get("local_sign_in") is False:
        faults["local_sign_in"] = ["can't be off without DONUT_OIDC_ISSUER: nobody could sign in"]


class _SettingsSchema(Schema):
    """The environment less the prefix, in lower case → Settings."""

    class Meta:
        unknown = EXCLUDE

    database_url = fields.String(
        load_default="sqlite:///instance/donut.db", validate=_check_database_url
    )
    secret_key = _secret(required=True)
    secret_key_fallbacks = _CommaList(_secret(), load_default=list)
    link_keys = _CommaList(_secret(), load_default=list)
    hash_keys = _CommaList(_secret(), load_default=list)
    data_keys = _CommaList(_secret(), load_default=list)
    base_url = fields.String(
        required=True,
        validate=_check_base_url,
        error_messages={"required": "is missing: the address that all mailed links start with"},
    )
    mail_server = fields.String(load_default="localhost", validate=validate.Length(min=1))
    mail_port = _whole_number(25, 1, 65_535)
    mail_use_tls = _switch()
    mail_use_ssl = _switch()
    mail_ca_file = fields.String(load_default=None)
    mail_username = fields.String(load_default=None)
    mail_password = fields.String(load_default=None)
    mail_default_sender = fields.String(load_default=None, validate=_check_address)
    mail_bounce_address = fields.String(load_default=None, validate=_check_bounce_address)
    bounce_maildir = fields.String(load_default=None)
    bounce_imap_host = fields.String(load_default=None)
    bounce_imap_port = _whole_number(993, 1, 65_535)
    bounce_imap_username = fields.String(load_default=None)
    bounce_imap_password = fields.String(load_default=None)
    bounce_imap_mailbox = fields.String(load_default="INBOX")
    bounce_imap_ca_file = fields.String(load_default=None, validate=_check_ca_file)
    state_folder = fields.String(load_default=str(ROOT / "instance"))
    mail_connections = _whole_number(2, 1, 50)
    mail_rate = _whole_number(0, 0, 1_000_000)
    mail_domain_rates = _GroupRates(load_default=dict)
    mail_ramp_up = _Numbers(load_default=())
    mail_window = _Hours(load_default=(MIDNIGHT, MIDNIGHT))
    mail_weekdays = _Weekdays(load_default=EVERY_DAY)
    mail_holidays = _switch()
    mail_canary = _whole_number(20, 0, 10_000)
    timezone = fields.String(load_default="Europe/Istanbul", validate=_check_timezone)
    default_language = fields.String(load_default="tr", validate=validate.OneOf(["tr", "en"]))
    organisation_name = fields.String(load_default="Üniversite")
    organisation_name_en = fields.String(load_default=None)
    office_name = fields.String(load_default="Kariyer ve Mezunlar Ofisi")
    office_name_en = fields.String(load_default="Career and Alumni Office")
    contact_address = fields.String(load_default=None, validate=_check_address)
    oidc_issuer = fields.String(load_default=None, validate=_check_issuer)
    oidc_client_id = fields.String(load_default=None)
    oidc_client_secret = fields.String(load_default=None)
    oidc_name = fields.String(load_default=None)
    oidc_required_acr = _CommaList(fields.String(), load_default=list)
    local_sign_in = _switch(default=None)
    ratelimit_storage_uri = fields.String(load_default=IN_MEMORY, validate=_check_storage)
    api_requests_a_minute = _whole_number(60, 1, 1_000_000)
    api_refusals_a_minute = _whole_number(20, 1, 1_000_000)
    webhook_allowed_hosts = _CommaList(fields.String(validate=_check_host), load_default=list)
    webhook_allowed_nets = _CommaList(fields.String(validate=_check_network), load_default=list)
    webhook_ports = _CommaList(
        fields.Integer(
            validate=validate.Range(1, 65_535, error="must be ports from 1 to 65535"),
            error_messages={"invalid": "must be ports, such as 443,8443"},
        ),
        load_default=lambda: [443],
    )
    webhook_ca_file = fields.String(load_default=None, validate=_check_ca_file)
    webhook_coalesce_s = _whole_number(900, 0, 86_400)
    proxy_hops = _whole_number(0, 0, 10)
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
    if is_several and settings.ratelimit_storage_uri.startswith(IN_MEMORY):
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
