"""What single values of the environment must be; each raises ValidationError saying so."""

import re
import ssl
from email.utils import parseaddr
from ipaddress import ip_network
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from marshmallow import ValidationError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from surveys.settings import LOOPBACK_HOSTS
from surveys.tokens import SigningKeyUnusable, read_signing_key

# A host, or with a dot before it all hosts below it; lower-case ASCII as it stands in addresses.
HOST = re.compile(r"\.?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
IN_MEMORY = "memory://"
# Of the 64 characters before the @ (RFC 5321, section 4.5.3.1.1) a mail's name takes 16 for the *.
LONGEST_BEFORE_NAME = 64 - 16 + 1
STORAGES = (IN_MEMORY, "redis://", "rediss://")


def check_database_url(value: str) -> None:
    """A database that is kept: an SQLite file or PostgreSQL."""
    try:
        url = make_url(value)
    except ArgumentError:
        raise ValidationError("is no database address") from None
    if url.drivername not in {"sqlite", "postgresql+psycopg"}:
        raise ValidationError("must begin with sqlite:/// or postgresql+psycopg://")
    if url.drivername == "sqlite" and url.database in {None, "", ":memory:"}:
        raise ValidationError("must name a file: a database in memory keeps nothing")


def check_base_url(value: str) -> None:
    """Where people reach the service: scheme and host alone."""
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValidationError("must look like https://anket.example.edu.tr")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValidationError("must end after the host: no path, query or fragment")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK_HOSTS:
        raise ValidationError("must begin with https:// except on this machine (127.0.0.1)")


def check_address(value: str) -> None:
    """A sender with a name or without one."""
    name, address = parseaddr(value)
    if any(ord(c) < ord(" ") for c in name) or "@" not in address or not address.isascii():
        raise ValidationError("must look like Mezunlar Ofisi <mezun@example.edu.tr>")


def check_bounce_address(value: str) -> None:
    """An address with a place for each mail's own name."""
    if value.count("*") != 1 or "@" not in value.split("*")[1]:
        raise ValidationError("must hold one * before the @, such as b+*@bounce.example.edu.tr")
    if len(value.partition("@")[0]) > LONGEST_BEFORE_NAME:
        raise ValidationError(
            "must have at most 48 characters beside the * before the @: the name of each mail takes"
            " 16 of the 64 that an address may have there"
        )


def check_host(value: str) -> None:
    """A host, or all hosts below one."""
    if not HOST.fullmatch(value):
        raise ValidationError("must be host names, such as mezun.example.edu.tr or .example.edu.tr")


def check_network(value: str) -> None:
    """A network in CIDR notation."""
    try:
        ip_network(value)
    except ValueError:
        raise ValidationError("must be networks, such as 10.20.0.0/16") from None


def check_storage(value: str) -> None:
    """Where limits are counted."""
    if not value.startswith(STORAGES):
        raise ValidationError("must be memory:// or begin with redis:// or rediss://")


def check_ca_file(value: str) -> None:
    """A file of certificates."""
    try:
        ssl.create_default_context(cafile=value)
    except OSError:  # ssl.SSLError among them: no certificate inside
        raise ValidationError("must be a readable file of certificates (PEM)") from None


def check_selector(value: str) -> None:
    """The name under which a DKIM key stands below the sender's domain."""
    if not HOST.fullmatch(value) or value.startswith("."):
        raise ValidationError("must be a DKIM selector, such as donut2026")


def check_signing_key(value: str) -> None:
    """A key that can sign mails."""
    try:
        read_signing_key(value)
    except SigningKeyUnusable:
        raise ValidationError(
            "must be a readable file with an RSA key of 1024 bits or more (PEM, no password)"
        ) from None


def check_timezone(value: str) -> None:
    """A name of the time zone database."""
    if value not in available_timezones():
        raise ValidationError("is no time zone name, such as Europe/Istanbul")


def check_issuer(value: str) -> None:
    """An OpenID Connect provider's address."""
    parts = urlsplit(value)
    is_here = parts.scheme == "http" and parts.hostname in LOOPBACK_HOSTS
    if not parts.hostname or not (parts.scheme == "https" or is_here):
        raise ValidationError("must be an https:// address, as the provider writes it")
