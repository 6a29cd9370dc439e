"""The addresses that staff and other systems type: read once, by one strict grammar."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from surveys.errors import N_, DonutError
from surveys.settings import LOOPBACK_HOSTS
from surveys.webhooks.addresses import EgressPolicy, is_allowed, read_address

LONGEST_URL: Final = 2000
LONGEST_NAME: Final = 253
# RFC 3986 narrowed to what a receiver needs. No user name, fragment, backslash or blank fits, so
# that no second parser can see another host in it.
URL: Final = re.compile(
    r"(?P<scheme>https?)://"
    r"(?:\[(?P<ipv6>[0-9A-Fa-f:.]{2,45})\]|(?P<name>[A-Za-z0-9.-]+))"
    r"(?::(?P<port>[1-9][0-9]{0,4}))?"
    r"(?P<path>/[A-Za-z0-9._~!$&'()*+,;=:@/%-]*)?"
    r"(?P<query>\?[A-Za-z0-9._~!$&'()*+,;=:@/?%-]*)?"
)
LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# The last label begins with a letter: 2130706433, 0x7f.1 and 127.1 are numbers to a resolver.
NAME: Final = re.compile(rf"(?:{LABEL}\.)*[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?")
DEFAULT_PORTS: Final = {"https": 443, "http": 80}
HIGHEST_PORT: Final = 65_535


class BlockedTarget(DonutError):
    """Events don't go there; subclasses say why and what to do."""

    code = "blocked_target"
    message = N_("Events can't go to this address.")


class AddressMalformed(BlockedTarget):
    """Not an address by our grammar."""

    message = N_(
        "Write the address as https://host/path in at most 2000 ASCII characters, with the host's"
        " name or its usual IP address, and without user name, #, blanks or backslashes."
    )


class NotEncrypted(BlockedTarget):
    """Plain http."""

    message = N_("The address must begin with https://: events never go unencrypted.")


class PortRefused(BlockedTarget):
    """A port that the operator didn't open."""

    message = N_(
        "Events go to port %(ports)s only. Use another address of the receiver, or ask the"
        " operator to add the port to DONUT_WEBHOOK_PORTS."
    )


class HostRefused(BlockedTarget):
    """A host that is not on the operator's list."""

    message = N_(
        "%(host)s is none of the hosts that events may go to. Ask the operator to add it to"
        " DONUT_WEBHOOK_ALLOWED_HOSTS."
    )


class NetworkRefused(BlockedTarget):
    """A literal address of a network that isn't public and wasn't opened."""

    message = N_(
        "%(host)s is no public address. If the receiver stands in your own network, ask the"
        " operator to add that network to DONUT_WEBHOOK_ALLOWED_NETS."
    )


@dataclass(frozen=True)
class Target:
    """An accepted address, taken apart: `host` is lower case without brackets, `path` as sent.

    `is_trial`: it passed only because it stays on this machine.
    """

    host: str
    port: int
    path: str
    is_encrypted: bool
    is_trial: bool

    @property
    def is_literal(self) -> bool:
        """Whether the host is an address itself, with nothing to look up."""
        return read_address(self.host) is not None


def check_url(url: str, policy: EgressPolicy) -> None:
    """Raise BlockedTarget for an address that events can't go to; nothing is looked up."""
    read_target(url, policy)


def read_target(url: str, policy: EgressPolicy) -> Target:
    """Return the address taken apart. Raises BlockedTarget.

    What a name stands for is looked at when a connection is made: it can change until then.
    """
    target = _parse(url, policy)
    if policy.allowed_hosts and not is_host_listed(target.host, policy.allowed_hosts):
        raise HostRefused(host=target.host)
    if target.is_literal and not is_allowed(target.host, policy, only_loopback=target.is_trial):
        raise NetworkRefused(host=target.host)
    return target


def is_host_listed(host: str, allowed: Collection[str]) -> bool:
    """Tell whether `host` is on the list itself, or below an entry that begins with a dot."""
    return any(
        host.endswith(entry) if entry.startswith(".") else host == entry for entry in allowed
    )


def _parse(url: str, policy: EgressPolicy) -> Target:
    match = URL.fullmatch(url) if len(url) <= LONGEST_URL else None
    host = _read_host(match) if match else None
    if match is None or host is None:
        raise AddressMalformed
    port = int(match["port"] or DEFAULT_PORTS[match["scheme"]])
    if port > HIGHEST_PORT:
        raise AddressMalformed
    is_encrypted = match["scheme"] == "https"
    is_usual = is_encrypted and port in policy.ports
    target = Target(
        host=host,
        port=port,
        path=(match["path"] or "/") + (match["query"] or ""),
        is_encrypted=is_encrypted,
        is_trial=not is_usual and policy.is_trial and _is_local(host),
    )
    if not (is_usual or target.is_trial):
        raise _refusal_of(target, policy)
    return target


def _refusal_of(target: Target, policy: EgressPolicy) -> BlockedTarget:
    if not target.is_encrypted:
        return NotEncrypted()
    return PortRefused(ports=", ".join(map(str, sorted(policy.ports))))


def _read_host(match: re.Match[str]) -> str | None:
    host = (match["ipv6"] or match["name"]).lower()
    if match["ipv6"]:
        return host if ":" in host and read_address(host) else None
    if read_address(host):
        return host
    return host if len(host) <= LONGEST_NAME and NAME.fullmatch(host) else None


def _is_local(host: str) -> bool:
    address = read_address(host)
    return host in LOOPBACK_HOSTS or (address is not None and address.is_loopback)
