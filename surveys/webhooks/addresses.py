"""Where events may go: which addresses are public, and what the operator opens beyond them."""

import socket
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final
from urllib.parse import urlsplit

from surveys.settings import LOOPBACK_HOSTS, Settings

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolver = Callable[[str, int], Sequence[str]]

# What `is_global` of Python 3.11 takes for public and is not: gateways into IPv4 (NAT64, 6to4,
# Teredo), old and reserved ranges, and the metadata address of one cloud.
NOT_PUBLIC: Final[Sequence[Network]] = [
    ip_network(text)
    for text in (
        "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/23", "fec0::/10", "::/96",
        "5f00::/16", "3fff::/20", "192.88.99.0/24", "192.0.0.0/24", "168.63.129.16/32",
    )
]  # fmt: skip


def resolve(host: str, port: int) -> Sequence[str]:
    """Return every address of `host` by the machine's resolver. Raises OSError, UnicodeError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, kw_only=True)
class EgressPolicy:
    """What the operator allows, and how long and how much; spans in seconds, sizes in bytes.

    No `allowed_hosts` means every host. `ca_file` replaces the system's authorities.
    `is_trial`: the service serves only its own machine, so plain http and any port may be tried
    on loopback addresses inside `allowed_nets`. `resolve` is asked once a request.
    """

    allowed_hosts: Collection[str] = ()
    allowed_nets: Sequence[Network] = ()
    ports: Collection[int] = (443,)
    ca_file: str | None = None
    is_trial: bool = False
    connect_s: float = 5
    deadline_s: float = 15
    read_limit: int = 16 * 1024
    resolve: Resolver = resolve


def read_policy(settings: Settings) -> EgressPolicy:
    """Return the policy that the operator's settings make."""
    return EgressPolicy(
        allowed_hosts=tuple(settings.webhook_allowed_hosts),
        allowed_nets=tuple(ip_network(net) for net in settings.webhook_allowed_nets),
        ports=tuple(settings.webhook_ports),
        ca_file=settings.webhook_ca_file,
        is_trial=urlsplit(settings.base_url).hostname in LOOPBACK_HOSTS,
    )


def read_address(text: str) -> Address | None:
    """Return a literal address, an IPv4 one inside IPv6 unwrapped; None for what is none.

    Only dotted quads and IPv6 without a zone: all other spellings are names or nothing.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv4Address):
        return address
    if address.scope_id is not None:
        return None
    return address.ipv4_mapped or address


def is_public(address: Address) -> bool:
    """Tell whether an unwrapped address is one of the internet's, and no gateway to others."""
    is_ordinary = address.is_global and not address.is_multicast and not address.is_reserved
    return is_ordinary and not any(address in net for net in NOT_PUBLIC)


def is_allowed(text: str, policy: EgressPolicy, *, only_loopback: bool = False) -> bool:
    """Tell whether a connection to this literal address may be made.

    `only_loopback` is for targets that pass by the trial's exception alone.
    """
    address = read_address(text)
    if address is None:
        return False
    is_opened = any(address in net for net in policy.allowed_nets)
    if only_loopback:
        return is_opened and address.is_loopback
    return is_opened or is_public(address)
