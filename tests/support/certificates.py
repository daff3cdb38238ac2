"""Certificates of every kind that a service has to tell apart, made as `hpts dev-certs` makes them.

Those that are good are so for weeks, and the others were never good, so that no test depends on how fast it runs.
"""

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from pathlib import Path
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from app.auth.client_certificate import thumbprint_of
from app.dev.certificates import FOR_CLIENTS, FOR_SERVERS, LOCAL_NAMES, Authority, KeyPair

PARTNER_HOST = "partner.hpts.example.com"


def days_from_now(begin: int, end: int) -> tuple[datetime, datetime]:
    now = datetime.now(UTC).replace(microsecond=0)
    return now + timedelta(days=begin), now + timedelta(days=end)


def revoke(authority: Authority, *revoked: KeyPair, period: tuple[datetime, datetime] | None = None) -> bytes:
    """The authority's list, in PEM, of everything that it revoked; `period` is from when until when the list is current."""
    begin, end = period or days_from_now(-1, 30)
    builder = x509.CertificateRevocationListBuilder(authority.pair.certificate.subject, begin, end)
    for each in revoked:
        entry = x509.RevokedCertificateBuilder(each.certificate.serial_number, begin).build()
        builder = builder.add_revoked_certificate(entry)
    return builder.sign(authority.pair.private_key, hashes.SHA256()).public_bytes(Encoding.PEM)


@dataclass(frozen=True)
class Certificates:
    """An authority that the service accepts, one that it does not, and what both have issued."""

    authority: Authority = field(default_factory=Authority.create)
    stranger: Authority = field(default_factory=lambda: Authority.create("another authority"))
    impostor: Authority = field(default_factory=Authority.create)
    """Has the name of the accepted authority, and another key."""

    @cached_property
    def server(self) -> KeyPair:
        return self.authority.issue("server", FOR_SERVERS, [*LOCAL_NAMES, PARTNER_HOST])

    @cached_property
    def good(self) -> KeyPair:
        return self.authority.issue("good", FOR_CLIENTS)

    @cached_property
    def second(self) -> KeyPair:
        """As good as the first, and another one."""
        return self.authority.issue("second", FOR_CLIENTS)

    @cached_property
    def expired(self) -> KeyPair:
        return self.authority.issue("expired", FOR_CLIENTS, period=days_from_now(-2, -1))

    @cached_property
    def not_yet(self) -> KeyPair:
        return self.authority.issue("not yet", FOR_CLIENTS, period=days_from_now(1, 2))

    @cached_property
    def revoked(self) -> KeyPair:
        return self.authority.issue("revoked", FOR_CLIENTS)

    @cached_property
    def for_servers(self) -> KeyPair:
        return self.authority.issue("for servers", FOR_SERVERS)

    @cached_property
    def for_anything(self) -> KeyPair:
        return self.authority.issue("for anything", ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE)

    @cached_property
    def of_stranger(self) -> KeyPair:
        return self.stranger.issue("of a stranger", FOR_CLIENTS)

    @cached_property
    def of_impostor(self) -> KeyPair:
        return self.impostor.issue("of an impostor", FOR_CLIENTS)

    @property
    def crl(self) -> bytes:
        return revoke(self.authority, self.revoked)

    def write(self, folder: Path) -> None:
        """ca.pem, crl.pem, and .pem and .key of the server and of every client."""
        (folder / "ca.pem").write_bytes(self.authority.pair.certificate_pem)
        (folder / "crl.pem").write_bytes(self.crl)
        for name in ("server", "good", "second", *BAD):
            getattr(self, name).write(folder, name)


BAD = ("expired", "not_yet", "revoked", "for_servers", "of_stranger", "of_impostor")
"""Client certificates that no service lets in."""


@cache
def certificates() -> Certificates:
    """The same for all tests of a process."""
    return Certificates()


def der(pair: KeyPair) -> bytes:
    return pair.certificate.public_bytes(Encoding.DER)


def thumbprint(pair: KeyPair) -> str:
    return thumbprint_of(der(pair))


def as_byte_sequence(pair: KeyPair) -> str:
    """As RFC 9440 writes Client-Cert."""
    return f":{base64.b64encode(der(pair)).decode()}:"


def as_escaped_pem(pair: KeyPair) -> str:
    """As nginx and Envoy write it."""
    return quote(pair.certificate_pem.decode(), safe="")
