"""Which client certificates are accepted: those of the operator's authority that are valid now and not revoked (RFC 5280).

A certificate shown in a TLS handshake was verified by OpenSSL; one that a proxy hands on is verified here. Dates and revocation
are looked at with every request, because a connection may outlive both.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import time
from typing import Final, TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.x509.verification import Criticality, ExtensionPolicy, Policy, PolicyBuilder, Store, VerificationError

from app.auth.client_certificate import ClientCertificate
from app.auth.reread_files import RereadFiles
from app.settings import Settings

CERTIFICATES_REMEMBERED: Final = 1_024
"""Certificates whose verification is remembered at most; the one verified longest ago goes first."""
CRL_BEGIN: Final = b"-----BEGIN X509 CRL-----"
_Found = TypeVar("_Found")
SigningKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | ed448.Ed448PublicKey | dsa.DSAPublicKey

CERTIFICATE_NOT_YET: Final = "the client certificate is not valid yet"
CERTIFICATE_EXPIRED: Final = "the client certificate has expired"
NOT_FOR_CLIENTS: Final = "the client certificate is not made for identifying clients: it lacks the usage clientAuth"
UNTRUSTED: Final = "the client certificate was not issued by an authority that this service accepts"
REVOKED: Final = "the client certificate has been revoked"
NO_CRL: Final = "whether the client certificate has been revoked is not known: there is no current list of its issuer"


@dataclass(slots=True)
class AuthorityFiles:
    """What the files say: certificates that may have issued others, and lists of what they revoked, or None without a list.

    `issued` and `listed` remember what was found about a certificate, by its thumbprint: until when its issuers are valid, and
    whether it is revoked, with the time until which that is known.
    """

    issuers: list[x509.Certificate]
    lists: list[x509.CertificateRevocationList] | None
    issued: dict[str, float] = field(default_factory=dict)
    listed: dict[str, tuple[bool, float]] = field(default_factory=dict)


class ClientAuthority:
    """`ca` and `crl` are PEM files, which are reread when they change. Raises OSError and ValueError for files that are unusable.

    Without `ca` whoever handed the certificate on is trusted to have verified it.
    """

    def __init__(self, ca: Path | None = None, crl: Path | None = None, now: Callable[[], float] = time) -> None:
        self._now = now
        paths = [path for path in (ca, crl) if path is not None]
        self._files = RereadFiles(paths, read_authority) if paths else None

    def objection(self, certificate: ClientCertificate, *, is_verified: bool) -> str | None:
        """Why the certificate is not accepted now; `is_verified` when a handshake has verified its issuer already."""
        now = self._now()
        if now < certificate.not_before:
            return CERTIFICATE_NOT_YET
        if now > certificate.not_after:
            return CERTIFICATE_EXPIRED
        if not certificate.may_identify_clients:
            return NOT_FOR_CLIENTS
        if self._files is None:
            return None
        authority = self._files.current()
        if not is_verified and not _is_issued_by(authority, certificate, now):
            return UNTRUSTED
        return None if authority.lists is None else _objection_of_lists(authority, certificate, now)


def client_authority(settings: Settings) -> ClientAuthority:
    """Raises OSError and ValueError."""
    ca, crl = settings.tls_client_ca, settings.tls_client_crl
    return ClientAuthority(Path(ca) if ca else None, Path(crl) if crl else None)


def read_authority(ca: bytes, crl: bytes | None = None) -> AuthorityFiles:
    """Raises ValueError, saying which of the two is unusable."""
    try:
        issuers = x509.load_pem_x509_certificates(ca)
    except ValueError as error:
        raise ValueError(f"no certificates of an authority in PEM: {error}") from error
    return AuthorityFiles(issuers, None if crl is None else _read_lists(crl, issuers))


def _read_lists(crl: bytes, issuers: list[x509.Certificate]) -> list[x509.CertificateRevocationList]:
    """Each list has to be signed by one of the issuers."""
    try:
        lists = [x509.load_pem_x509_crl(CRL_BEGIN + part) for part in crl.split(CRL_BEGIN)[1:]]
    except ValueError as error:
        raise ValueError(f"no certificate revocation lists in PEM: {error}") from error
    if not lists:
        raise ValueError("no certificate revocation lists in PEM")
    for each in lists:
        if not any(_has_signed(issuer, each) for issuer in issuers):
            raise ValueError(f"the revocation list of {each.issuer.rfc4514_string()} is signed by none of the authorities")
    return lists


def _has_signed(issuer: x509.Certificate, crl: x509.CertificateRevocationList) -> bool:
    key = issuer.public_key()
    try:
        return issuer.subject == crl.issuer and isinstance(key, SigningKey) and crl.is_signature_valid(key)
    except (InvalidSignature, UnsupportedAlgorithm, TypeError, ValueError):
        return False


def _is_issued_by(authority: AuthorityFiles, certificate: ClientCertificate, now: float) -> bool:
    valid_until = authority.issued.get(certificate.thumbprint)
    if valid_until is None:
        valid_until = _end_of_path(authority.issuers, certificate.x509, now)
        _remember(authority.issued, certificate.thumbprint, valid_until)
    return now <= valid_until


def _end_of_path(issuers: list[x509.Certificate], certificate: x509.Certificate, now: float) -> float:
    """Until when the path to an authority is valid; 0 without one. Rules of the public web do not apply, such as for names."""
    of_issuers = ExtensionPolicy.permit_all().require_present(x509.BasicConstraints, Criticality.AGNOSTIC, _check_issuer)
    verifier = (
        PolicyBuilder()
        .store(Store(issuers))
        .time(datetime.fromtimestamp(now, UTC))
        .extension_policies(ca_policy=of_issuers, ee_policy=ExtensionPolicy.permit_all())
        .build_client_verifier()
    )
    try:
        return min(each.not_valid_after_utc.timestamp() for each in verifier.verify(certificate, []).chain)
    except VerificationError:
        return 0.0


def _check_issuer(_: Policy, __: x509.Certificate, constraints: x509.BasicConstraints) -> None:
    if not constraints.ca:
        raise ValueError("it is not an authority's")


def _objection_of_lists(authority: AuthorityFiles, certificate: ClientCertificate, now: float) -> str | None:
    """A revoked certificate stays revoked when its list is out of date; any other is then not known to be good."""
    found = authority.listed.get(certificate.thumbprint)
    if found is None:
        found = _look_up(authority.lists or [], certificate.x509)
        _remember(authority.listed, certificate.thumbprint, found)
    is_revoked, current_until = found
    if is_revoked:
        return REVOKED
    return None if now <= current_until else NO_CRL


def _look_up(lists: list[x509.CertificateRevocationList], certificate: x509.Certificate) -> tuple[bool, float]:
    """Whether it is revoked, and until when a list of its issuer is current: without one, no longer."""
    of_issuer = [each for each in lists if each.issuer == certificate.issuer]
    serial = certificate.serial_number
    is_revoked = any(each.get_revoked_certificate_by_serial_number(serial) is not None for each in of_issuer)
    ends = [each.next_update_utc for each in of_issuer]
    return is_revoked, max((float("inf") if end is None else end.timestamp() for end in ends), default=0.0)


def _remember(known: dict[str, _Found], thumbprint: str, found: _Found) -> None:
    while len(known) >= CERTIFICATES_REMEMBERED:
        del known[next(iter(known))]
    known[thumbprint] = found
