"""The certificates of development are what OpenSSL and other strict readers take, and their keys are their owner's alone."""

import ssl
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store

from app.dev.certificates import FOR_CLIENTS, FOR_SERVERS, LIFETIME, Authority, write_development_certificates

FILES = {"ca.pem", "server.pem", "server.key", "client.pem", "client.key"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("certificates") / "new" / "folder"
    write_development_certificates(made, ["partner.hpts.example.com"])
    return made


def load(folder: Path, name: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / name).read_bytes())


def test_the_keys_can_be_read_by_their_owner_only(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == FILES
    assert {path.stat().st_mode & 0o777 for path in folder.glob("*.key")} == {0o600}


def test_a_key_that_is_overwritten_is_its_owner_s_alone_too(tmp_path: Path) -> None:
    (tmp_path / "x.key").touch(0o644)
    Authority.create().issue("x", FOR_SERVERS).write(tmp_path, "x")
    assert (tmp_path / "x.key").stat().st_mode & 0o777 == 0o600


def test_each_key_belongs_to_its_certificate(folder: Path) -> None:
    for name in ("server", "client"):
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")


def test_the_server_has_its_names_and_addresses(folder: Path) -> None:
    names = load(folder, "server.pem").extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost", "partner.hpts.example.com"]
    assert names.get_values_for_type(x509.IPAddress) == [ip_address("127.0.0.1"), ip_address("::1")]


def test_a_verifier_with_the_rules_of_the_public_web_takes_the_server(folder: Path) -> None:
    verifier = PolicyBuilder().store(Store([load(folder, "ca.pem")])).build_server_verifier(x509.DNSName("localhost"))
    assert len(verifier.verify(load(folder, "server.pem"), [])) == 2


def test_usages_and_times_are_those_that_were_asked_for(folder: Path) -> None:
    for name, usage in (("server.pem", FOR_SERVERS), ("client.pem", FOR_CLIENTS)):
        certificate = load(folder, name)
        assert list(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value) == [usage]
        assert certificate.not_valid_before_utc < datetime.now(UTC) < certificate.not_valid_after_utc
        assert certificate.not_valid_after_utc - certificate.not_valid_before_utc < LIFETIME * 2
