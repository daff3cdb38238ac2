"""What a trusted proxy says about the client whose request it hands on: its certificate and its address.

Client-Cert is written as RFC 9440 has it, or as the URL-encoded PEM that nginx and Envoy have at hand.
"""

import base64
import ipaddress
import re
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import unquote_to_bytes

from app.auth.client_certificate import CertificateUnreadable

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

BYTE_SEQUENCE: Final = re.compile(rb":([A-Za-z0-9+/]+={0,2}):")
PEM: Final = re.compile(rb"\s*-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*")
FORWARDED_FOR: Final = re.compile(r'(?:^|;)\s*for\s*=\s*("[^"]*"|[^;\s]*)\s*(?=;|$)', re.IGNORECASE)
QUOTED_OR_COMMA: Final = re.compile(r'"(?:[^"\\]|\\.)*"|,')
ADDRESS_AND_PORT: Final = re.compile(r"\[([^\]]+)\](?::[0-9]+)?|([0-9.]+):[0-9]+")


def certificate_bytes(value: bytes) -> bytes:
    """The DER in a Client-Cert header. Raises CertificateUnreadable for what is not exactly one value in either form."""
    sequence = BYTE_SEQUENCE.fullmatch(value)
    pem = None if sequence else PEM.fullmatch(unquote_to_bytes(value))
    encoded = sequence[1] if sequence else b"".join(pem[1].split()) if pem else b""
    try:
        der = base64.b64decode(encoded + b"=" * (-len(encoded) % 4), validate=True)
    except ValueError:
        der = b""
    if not der:
        raise CertificateUnreadable("neither a byte sequence nor PEM")
    return der


def parse_address(text: str) -> IPAddress | None:
    """An address, perhaps with a port; an IPv4 address that is written as an IPv6 one counts as what it is."""
    match = ADDRESS_AND_PORT.fullmatch(text)
    try:
        address = ipaddress.ip_address((match[1] or match[2]) if match else text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


class TrustedProxies:
    """`networks` are those from which requests come through a proxy that the operator runs."""

    def __init__(self, networks: Sequence[IPNetwork]) -> None:
        self._networks = networks

    def trusts(self, address: IPAddress | None) -> bool:
        return address is not None and any(address in network for network in self._networks)

    def client_address(self, proxy: str, forwarded_for: str | None, forwarded: str | None) -> str:
        """The last address that is no trusted proxy's, of X-Forwarded-For, else of Forwarded (RFC 7239); `proxy` sent them.

        X-Forwarded-For comes first, because a proxy that writes it passes the other one on as the client has sent it. What is no
        address cannot be followed further: the client is then whoever said so.
        """
        if forwarded_for is not None:
            hops = forwarded_for.split(",")
        else:
            hops = list(_forwarded_hops(forwarded)) if forwarded is not None else []
        client = proxy
        for hop in reversed(hops):
            address = parse_address(hop.strip())
            if address is None:
                break
            client = str(address)
            if not self.trusts(address):
                break
        return client


def _forwarded_hops(value: str) -> Iterator[str]:
    """The `for` of each element, "" where an element has none."""
    for element in _split_elements(value):
        match = FORWARDED_FOR.search(element)
        yield match[1].strip('"') if match else ""


def _split_elements(value: str) -> list[str]:
    """At the commas that are in no quoted string."""
    elements, start = [], 0
    for match in QUOTED_OR_COMMA.finditer(value):
        if match[0] == ",":
            elements.append(value[start : match.start()])
            start = match.end()
    return [*elements, value[start:]]
