"""Certificates for development and tests: an authority, and what it issues to servers and clients."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFETIME: Final = timedelta(days=90)
CLOCK_DIFFERENCE: Final = timedelta(hours=1)
"""How far back certificates begin to be valid, as another machine's clock may be behind."""
LOCAL_NAMES: Final = ("localhost", "127.0.0.1", "::1")
FOR_SERVERS: Final = ExtendedKeyUsageOID.SERVER_AUTH
FOR_CLIENTS: Final = ExtendedKeyUsageOID.CLIENT_AUTH


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A certificate and its private key."""

    certificate: x509.Certificate
    private_key: ec.EllipticCurvePrivateKey

    @property
    def certificate_pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        form = serialization.PrivateFormat.PKCS8
        return self.private_key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())

    def write(self, folder: Path, name: str) -> None:
        """`name`.pem, and `name`.key, which only its owner may read."""
        (folder / f"{name}.pem").write_bytes(self.certificate_pem)
        descriptor = os.open(folder / f"{name}.key", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.fchmod(descriptor, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(self.key_pem)


@dataclass(frozen=True, slots=True)
class Authority:
    """Issues certificates."""

    pair: KeyPair

    @classmethod
    def create(cls, name: str = "HPTS development authority") -> Self:
        key = ec.generate_private_key(ec.SECP256R1())
        subject_key = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        builder = (
            _builder(name, name, key, *_period())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(signs_certificates=True), critical=True)
            .add_extension(subject_key, critical=False)
        )
        return cls(KeyPair(builder.sign(key, hashes.SHA256()), key))

    def issue(
        self,
        name: str,
        usage: x509.ObjectIdentifier,
        hosts: Sequence[str] = (),
        period: tuple[datetime, datetime] | None = None,
    ) -> KeyPair:
        """`hosts` are names and addresses; `period` is from when until when it is valid."""
        key = ec.generate_private_key(ec.SECP256R1())
        issuer = self.pair.certificate
        issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.pair.private_key.public_key())
        builder = (
            _builder(name, _common_name(issuer), key, *(period or _period()))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(issuer_key, critical=False)
        )
        if hosts:
            builder = builder.add_extension(x509.SubjectAlternativeName([_general_name(host) for host in hosts]), critical=False)
        return KeyPair(builder.sign(self.pair.private_key, hashes.SHA256()), key)


def write_development_certificates(folder: Path, hosts: Sequence[str]) -> None:
    """ca.pem, server.pem and client.pem with their keys. The authority's key is not kept, so that it issues nothing more."""
    folder.mkdir(parents=True, exist_ok=True)
    authority = Authority.create()
    (folder / "ca.pem").write_bytes(authority.pair.certificate_pem)
    authority.issue("localhost", FOR_SERVERS, [*LOCAL_NAMES, *hosts]).write(folder, "server")
    authority.issue("HPTS development client", FOR_CLIENTS).write(folder, "client")


def _period() -> tuple[datetime, datetime]:
    now = datetime.now(UTC).replace(microsecond=0)
    return now - CLOCK_DIFFERENCE, now + LIFETIME


def _builder(name: str, issuer: str, key: ec.EllipticCurvePrivateKey, begin: datetime, end: datetime) -> x509.CertificateBuilder:
    return x509.CertificateBuilder(_name(issuer), _name(name), key.public_key(), x509.random_serial_number(), begin, end)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _common_name(certificate: x509.Certificate) -> str:
    return str(certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    """An authority signs certificates and lists, everybody else handshakes."""
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
