"""Which client certificates are accepted at a given moment: by their dates, usage, issuer and the revocation list."""

import time
from pathlib import Path

import pytest

from app.auth import client_authority as module
from app.auth.client_authority import (
    CERTIFICATE_EXPIRED,
    CERTIFICATE_NOT_YET,
    NO_CRL,
    NOT_FOR_CLIENTS,
    REVOKED,
    UNTRUSTED,
    ClientAuthority,
    client_authority,
    read_authority,
)
from app.auth.client_certificate import ClientCertificate, read_certificate
from app.dev.certificates import FOR_CLIENTS, Authority, KeyPair
from app.settings import load_settings
from tests.support.certificates import certificates, days_from_now, der, revoke

MADE = certificates()


def read(pair: KeyPair) -> ClientCertificate:
    return read_certificate(der(pair))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ca.pem").write_bytes(MADE.authority.pair.certificate_pem)
    (tmp_path / "crl.pem").write_bytes(MADE.crl)
    return tmp_path


@pytest.fixture
def authority(folder: Path) -> ClientAuthority:
    return ClientAuthority(folder / "ca.pem", folder / "crl.pem")


@pytest.mark.parametrize(
    ("name", "objection"),
    [
        *(("good", None), ("second", None), ("for_anything", None)),
        *(
            ("expired", CERTIFICATE_EXPIRED),
            ("not_yet", CERTIFICATE_NOT_YET),
            ("revoked", REVOKED),
            ("for_servers", NOT_FOR_CLIENTS),
        ),
        *(("of_stranger", UNTRUSTED), ("of_impostor", UNTRUSTED)),
    ],
)
def test_each_certificate_has_its_verdict_again_and_again(authority: ClientAuthority, name: str, objection: str | None) -> None:
    certificate = read(getattr(MADE, name))
    assert [authority.objection(certificate, is_verified=False) for _ in range(2)] == [objection] * 2


def test_a_certificate_expires_between_two_requests(folder: Path) -> None:
    certificate, now = read(MADE.good), [time.time()]
    authority = ClientAuthority(folder / "ca.pem", None, lambda: now[0])
    assert authority.objection(certificate, is_verified=True) is None
    now[0] = certificate.not_after + 1
    assert authority.objection(certificate, is_verified=True) == CERTIFICATE_EXPIRED


def test_the_path_to_an_authority_ends_with_the_authority(folder: Path) -> None:
    now = [time.time()]
    authority = ClientAuthority(folder / "ca.pem", None, lambda: now[0])
    certificate = read(MADE.authority.issue("long", FOR_CLIENTS, period=days_from_now(-1, 10_000)))
    assert authority.objection(certificate, is_verified=False) is None
    now[0] = MADE.authority.pair.certificate.not_valid_after_utc.timestamp() + 1
    assert authority.objection(certificate, is_verified=False) == UNTRUSTED


def test_what_a_handshake_has_verified_needs_no_path_here(authority: ClientAuthority) -> None:
    """Its issuer may have been sent along with it; the list of revoked certificates still has to be that issuer's."""
    assert authority.objection(read(MADE.of_stranger), is_verified=True) == NO_CRL


def test_without_files_whoever_hands_a_certificate_on_has_verified_its_issuer() -> None:
    authority = ClientAuthority()
    names = ("good", "of_stranger", "revoked", "expired", "not_yet", "for_servers")
    found = [authority.objection(read(getattr(MADE, name)), is_verified=False) for name in names]
    assert found == [None, None, None, CERTIFICATE_EXPIRED, CERTIFICATE_NOT_YET, NOT_FOR_CLIENTS]


def test_a_list_that_is_out_of_date_leaves_nothing_but_what_it_revokes_known(folder: Path) -> None:
    (folder / "crl.pem").write_bytes(revoke(MADE.authority, MADE.revoked, period=days_from_now(-2, -1)))
    authority = ClientAuthority(folder / "ca.pem", folder / "crl.pem")
    found = [authority.objection(read(pair), is_verified=True) for pair in (MADE.revoked, MADE.good)]
    assert found == [REVOKED, NO_CRL]


def test_each_of_several_authorities_has_its_list(folder: Path) -> None:
    second = Authority.create("a second authority")
    pairs = [second.issue(name, FOR_CLIENTS) for name in ("first", "revoked")]
    with (folder / "ca.pem").open("ab") as file:
        file.write(second.pair.certificate_pem)
    with (folder / "crl.pem").open("ab") as file:
        file.write(revoke(second, pairs[1]))
    authority = ClientAuthority(folder / "ca.pem", folder / "crl.pem")
    found = [authority.objection(read(pair), is_verified=False) for pair in (MADE.good, MADE.revoked, *pairs)]
    assert found == [None, REVOKED, None, REVOKED]


def test_a_changed_list_is_in_force_once_it_is_looked_at(authority: ClientAuthority, folder: Path) -> None:
    certificate = read(MADE.good)
    assert authority.objection(certificate, is_verified=True) is None
    (folder / "crl.pem").write_bytes(revoke(MADE.authority, MADE.good, MADE.revoked))
    assert authority._files is not None
    authority._files._every = 0
    assert authority.objection(certificate, is_verified=True) == REVOKED


def test_a_list_that_no_authority_has_signed_is_no_list() -> None:
    ca = MADE.authority.pair.certificate_pem
    for crl in (revoke(MADE.impostor), revoke(MADE.stranger)):
        with pytest.raises(ValueError, match="signed by none of the authorities"):
            read_authority(ca, crl)


@pytest.mark.parametrize(
    "crl", [b"", b"x", MADE.good.certificate_pem, b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"]
)
def test_what_is_no_list_is_refused(crl: bytes) -> None:
    with pytest.raises(ValueError, match="no certificate revocation lists in PEM"):
        read_authority(MADE.authority.pair.certificate_pem, crl)


@pytest.mark.parametrize("ca", [b"", b"x", MADE.good.key_pem])
def test_what_holds_no_authority_is_refused(ca: bytes) -> None:
    with pytest.raises(ValueError, match="no certificates of an authority in PEM"):
        read_authority(ca)


def test_a_bounded_number_of_certificates_is_remembered(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CERTIFICATES_REMEMBERED", 2)
    authority = ClientAuthority(folder / "ca.pem", folder / "crl.pem")
    for name in ("good", "second", "revoked", "for_anything"):
        authority.objection(read(getattr(MADE, name)), is_verified=False)
    assert authority._files is not None
    assert (len(authority._files.current().issued), len(authority._files.current().listed)) == (2, 2)


def test_the_files_are_those_of_the_settings(folder: Path) -> None:
    made = client_authority(load_settings(tls_client_ca=str(folder / "ca.pem"), tls_client_crl=str(folder / "crl.pem")))
    assert made.objection(read(MADE.revoked), is_verified=False) == REVOKED
    assert client_authority(load_settings()).objection(read(MADE.revoked), is_verified=False) is None
