"""Which address ranges are the internet, whatever they are written as."""

import ipaddress
from collections.abc import Iterable

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_HALF = {4: 1, 6: 3}  # addresses of IPv6 that are routed on the internet begin with three bits that are the same


def the_internet(cidrs: Iterable[str]) -> str:
    """The range that is the internet, or half of it; empty where there is none.

    Many small ranges that add up to it count too: so those write it who want to hide a /0.
    """
    given = list(cidrs)
    networks = [ipaddress.ip_network(one, strict=False) for one in given]
    for cidr, network in zip(given, networks, strict=True):
        if _wide(network):
            return cidr
    of_four = ipaddress.collapse_addresses(one for one in networks if isinstance(one, ipaddress.IPv4Network))
    of_six = ipaddress.collapse_addresses(one for one in networks if isinstance(one, ipaddress.IPv6Network))
    joined: list[_Network] = [*of_four, *of_six]
    return next((str(one) for one in joined if _wide(one)), "")


def _wide(network: _Network) -> bool:
    return network.prefixlen <= _HALF[network.version]
