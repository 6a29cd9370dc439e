"""From where a key opens: networks as they are typed → as they are kept, and an address in them."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from surveys.api_keys.refusals import NetworkMalformed, NetworksTooMany, NetworkTooWide

MOST_NETWORKS = 20


def read_networks(typed: Iterable[str]) -> list[str]:
    """Return networks as they are kept: `10.20.0.0/16` of `10.20.3.4/16`, each once.

    A bare address is a network of one. Raises NetworkMalformed, NetworkTooWide, NetworksTooMany.
    """
    parts = [part.strip() for part in typed if part.strip()]
    networks = list(dict.fromkeys(str(_read(part)) for part in parts))
    if len(networks) > MOST_NETWORKS:
        raise NetworksTooMany(most=MOST_NETWORKS)
    return networks


def is_inside(networks: Sequence[str], address: str) -> bool:
    """Tell whether `address` lies in one of `networks`; where there are none, every one does.

    An IPv4 address in IPv6 clothes (`::ffff:10.1.2.3`) counts as what it is.
    """
    if not networks:
        return True
    try:
        caller = ip_address(address)
    except ValueError:
        return False
    caller = getattr(caller, "ipv4_mapped", None) or caller
    return any(caller in ip_network(network) for network in networks)


def _read(part: str) -> IPv4Network | IPv6Network:
    try:
        network = ip_network(part, strict=False)
    except ValueError:
        raise NetworkMalformed(network=part) from None
    if network.prefixlen == 0:
        raise NetworkTooWide(network=part)
    if isinstance(network, IPv6Network) and network.network_address.ipv4_mapped:
        raise NetworkMalformed(network=part)
    return network
