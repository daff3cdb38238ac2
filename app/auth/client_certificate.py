"""The certificate that a client has shown (RFC 5280): what of it decides whether the client is let in, read once.

Its thumbprint is the one that a certificate-bound token names by `x5t#S256` (RFC 8705, section 3).
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

THUMBPRINT: Final = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
"""Base64url of 32 bytes without padding: the last character has two bits that belong to no byte, and are 0."""
THUMBPRINT_MEMBER: Final = "x5t#S256"
USAGES: Final = frozenset((ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE))


class CertificateUnreadable(ValueError):
    """These bytes are no certificate."""


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """`not_before` and `not_after` are in epoch seconds; `may_identify_clients` is False for one made for servers only, say."""

    thumbprint: str
    not_before: float
    not_after: float
    may_identify_clients: bool
    x509: x509.Certificate


def read_certificate(der: bytes) -> ClientCertificate:
    """Raises CertificateUnreadable."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        return ClientCertificate(
            thumbprint_of(der),
            certificate.not_valid_before_utc.timestamp(),
            certificate.not_valid_after_utc.timestamp(),
            _may_identify_clients(certificate),
            certificate,
        )
    except (ValueError, x509.DuplicateExtension) as error:
        raise CertificateUnreadable(str(error)) from error


def read_pem_certificate(pem: bytes) -> ClientCertificate:
    """The first certificate of a PEM file. Raises CertificateUnreadable."""
    try:
        certificate = x509.load_pem_x509_certificate(pem)
    except ValueError as error:
        raise CertificateUnreadable(str(error)) from error
    return read_certificate(certificate.public_bytes(Encoding.DER))


def thumbprint_of(der: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(der).digest()).rstrip(b"=").decode("ascii")


def bound_thumbprint(confirmation: Any) -> str | None:
    """The thumbprint that a `cnf` claim binds its token to; None for a claim that says anything else, or more than that."""
    if not isinstance(confirmation, Mapping) or set(confirmation) != {THUMBPRINT_MEMBER}:
        return None
    thumbprint = confirmation[THUMBPRINT_MEMBER]
    return thumbprint if isinstance(thumbprint, str) and THUMBPRINT.fullmatch(thumbprint) else None


def _may_identify_clients(certificate: x509.Certificate) -> bool:
    """A certificate that names no usage may be used for anything (RFC 5280, 4.2.1.12)."""
    try:
        usages = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return not USAGES.isdisjoint(usages)
