"""Which addresses webhooks may be sent to: those of the public internet.

`ipaddress` knows most reserved ranges. What it counts as global, or did in some versions, is listed here: ranges that lead to
other addresses (6to4, Teredo, NAT64, ISATAP), that are being retired, or that hold a cloud's metadata.
"""

import ipaddress
import re
from typing import Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_REFUSED_IPV4: Final = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT, and the metadata of one cloud
        "168.63.129.16/32",  # what one cloud offers to its own machines
        "192.0.0.0/24",
        "192.88.99.0/24",  # relays to 6to4
        "198.18.0.0/15",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_GLOBAL_IPV6: Final = ipaddress.IPv6Network("2000::/3")
"""The only unicast space that is handed out; mapped, compatible, translated, link-local and unique local ones lie outside."""
_REFUSED_IPV6: Final = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # protocols, Teredo among them
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
    )
)
_ISATAP: Final = (0x00005EFE, 0x02005EFE)
"""The third quarter of an address whose last quarter is an IPv4 address."""
_NUMBER: Final = re.compile(r"0x[0-9a-f]*|[0-9]+")


def is_public(address: Address) -> bool:
    """Whether a connection to it can only reach a host of the public internet."""
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _REFUSED_IPV4)
    if address.scope_id is not None or address not in _GLOBAL_IPV6:
        return False
    leads_to_ipv4 = (int(address) >> 32) & 0xFFFFFFFF in _ISATAP
    return not leads_to_ipv4 and not any(address in network for network in _REFUSED_IPV6)


def ends_in_number(host: str) -> bool:
    """Whether resolvers take a host for an IPv4 address in some spelling, or for a wrong one: its last label is a number."""
    return _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2].lower()) is not None
