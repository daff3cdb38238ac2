"""Who is let in: every pair of host and certificate, directly and through proxies that are trusted and that are not."""

from ipaddress import ip_network
from pathlib import Path

import pytest

from app.auth.client_authority import ClientAuthority
from app.auth.client_certificate import read_certificate
from app.auth.refusals import CertificateRequired
from app.dev.certificates import KeyPair
from app.edge import admission as module
from app.edge.admission import TLS_KEY, Admission, TlsClient
from app.edge.asgi_types import Scope
from app.edge.client_address import client_address
from app.edge.forwarded import TrustedProxies
from app.edge.refusals import ClientCertificateUnusable, MisdirectedRequest
from app.edge.request import SCOPE_KEY, Client, Request
from app.refusal import Refusal
from tests.support.certificates import (
    BAD,
    PARTNER_HOST,
    as_byte_sequence,
    as_escaped_pem,
    certificates,
    der,
    thumbprint,
)

MADE = certificates()
ORDINARY, PARTNER = b"localhost:3000", PARTNER_HOST.encode()
PROXY, STRANGER = "10.0.0.1", "192.0.2.1"
PARTNER_SPELLINGS = (PARTNER, PARTNER.upper(), PARTNER + b".", PARTNER + b":443", PARTNER.title() + b".:3000")


@pytest.fixture
def authority(tmp_path: Path) -> ClientAuthority:
    (tmp_path / "ca.pem").write_bytes(MADE.authority.pair.certificate_pem)
    (tmp_path / "crl.pem").write_bytes(MADE.crl)
    return ClientAuthority(tmp_path / "ca.pem", tmp_path / "crl.pem")


@pytest.fixture
def admission(authority: ClientAuthority) -> Admission:
    return Admission([PARTNER_HOST, "other.example:99"], authority, TrustedProxies([ip_network("10.0.0.0/8")]), has_tls=True)


def scope_of(*headers: tuple[bytes, str | bytes], host: bytes | None = ORDINARY, peer: str = STRANGER) -> Scope:
    sent = [] if host is None else [(b"host", host)]
    sent += [(name, value if isinstance(value, bytes) else value.encode()) for name, value in headers]
    return {"type": "http", "headers": sent, "client": (peer, 4711), SCOPE_KEY: Request(sent)}


def over_tls(pair: KeyPair | None, host: bytes | None, name: bytes | None = None, peer: str = STRANGER) -> Scope:
    scope = scope_of(host=host, peer=peer)
    scope[TLS_KEY] = TlsClient(name, None if pair is None else read_certificate(der(pair)))
    return scope


def handed_on(pair: KeyPair, host: bytes = PARTNER, peer: str = PROXY) -> Scope:
    return scope_of((b"client-cert", as_byte_sequence(pair)), host=host, peer=peer)


def client_of(admission: Admission, scope: Scope) -> Client:
    admission.check(scope)
    return scope[SCOPE_KEY].client  # type: ignore[no-any-return]


def refusal(admission: Admission, scope: Scope) -> type[Refusal] | None:
    try:
        admission.check(scope)
    except Refusal as refused:
        return type(refused)
    return None


@pytest.mark.parametrize("host", [*PARTNER_SPELLINGS, b"other.example"])
def test_a_partner_host_shows_nothing_without_a_certificate_however_it_is_spelt(admission: Admission, host: bytes) -> None:
    for scope in (over_tls(None, host), scope_of(host=host), scope_of(host=host, peer=PROXY)):
        assert refusal(admission, scope) is CertificateRequired
    assert client_of(admission, over_tls(MADE.good, host)) == Client("", thumbprint(MADE.good), needs_bound_token=True)
    assert client_of(admission, handed_on(MADE.good, host)).needs_bound_token


@pytest.mark.parametrize("host", [ORDINARY, b"example.com", b"xpartner.hpts.example.com", b"partner.hpts.example.com.evil", None])
def test_other_hosts_need_none_and_take_one(admission: Admission, host: bytes | None) -> None:
    assert client_of(admission, over_tls(None, host)) == Client()
    assert client_of(admission, over_tls(MADE.good, host)) == Client("", thumbprint(MADE.good))


@pytest.mark.parametrize("host", [ORDINARY, PARTNER])
@pytest.mark.parametrize("name", BAD)
def test_a_bad_certificate_is_refused_on_every_host(admission: Admission, name: str, host: bytes) -> None:
    """Over TLS the issuer was verified by the handshake, which ends for an issuer that is not accepted."""
    assert refusal(admission, handed_on(getattr(MADE, name), host)) is CertificateRequired
    if not name.startswith("of_"):
        assert refusal(admission, over_tls(getattr(MADE, name), host)) is CertificateRequired


@pytest.mark.parametrize("write", [as_byte_sequence, as_escaped_pem])
def test_a_certificate_that_a_trusted_proxy_hands_on_is_the_client_s(admission: Admission, write: object) -> None:
    assert callable(write)
    for _ in range(2):
        scope = scope_of((b"client-cert", write(MADE.good)), host=PARTNER, peer=PROXY)
        assert client_of(admission, scope) == Client(PROXY, thumbprint(MADE.good), needs_bound_token=True)


@pytest.mark.parametrize("value", [as_byte_sequence(MADE.good), as_escaped_pem(MADE.good), "garbage", ""])
def test_from_anyone_else_it_is_not_even_read(admission: Admission, value: str) -> None:
    headers = ((b"client-cert", value), (b"client-cert", "x"), (b"x-forwarded-for", "6.6.6.6"), (b"forwarded", "for=6.6.6.6"))
    assert client_of(admission, scope_of(*headers)) == Client()
    assert client_address(scope_of(*headers)) == STRANGER
    assert refusal(admission, scope_of(*headers, host=PARTNER)) is CertificateRequired


@pytest.mark.parametrize(
    "values",
    [
        *([as_byte_sequence(MADE.good)] * 2, [as_byte_sequence(MADE.good), as_byte_sequence(MADE.second)], [""], ["x"]),
        *([f"{as_byte_sequence(MADE.good)}, {as_byte_sequence(MADE.good)}"], [":AAAA:"], [as_escaped_pem(MADE.good) * 2]),
    ],
)
def test_two_values_or_one_that_is_no_certificate_cannot_be_understood(admission: Admission, values: list[str]) -> None:
    headers = [(b"client-cert", value) for value in values]
    for host in (ORDINARY, PARTNER):
        assert refusal(admission, scope_of(*headers, host=host, peer=PROXY)) is ClientCertificateUnusable


@pytest.mark.parametrize("host", [ORDINARY, PARTNER])
def test_the_certificate_of_a_trusted_proxy_itself_never_counts(admission: Admission, host: bytes) -> None:
    for pair in (MADE.good, MADE.revoked):
        scope = over_tls(pair, host, peer=PROXY)
        if host == PARTNER:
            assert refusal(admission, scope) is CertificateRequired
        else:
            assert client_of(admission, scope) == Client(PROXY)
        scope["headers"].append((b"client-cert", as_byte_sequence(MADE.second).encode()))
        scope[SCOPE_KEY] = Request(scope["headers"])
        assert client_of(admission, scope).thumbprint == thumbprint(MADE.second)


@pytest.mark.parametrize(
    ("name", "host", "is_misdirected"),
    [
        *((b"localhost", ORDINARY, False), (b"localhost", b"LOCALHOST.", False), (PARTNER, PARTNER + b":443", False)),
        *(
            (b"localhost", PARTNER, True),
            (PARTNER, ORDINARY, True),
            (b"a.example", b"b.example", True),
            (b"localhost", b"", True),
        ),
        *((None, ORDINARY, False), (b"localhost", None, False)),
    ],
)
def test_the_host_of_the_connection_and_of_the_request_are_one(
    admission: Admission, name: bytes | None, host: bytes | None, is_misdirected: bool
) -> None:
    expected = MisdirectedRequest if is_misdirected else None
    assert refusal(admission, over_tls(MADE.good, host, name)) is expected


def test_without_a_host_header_the_host_is_that_of_the_connection(admission: Admission) -> None:
    assert refusal(admission, over_tls(None, None, PARTNER)) is CertificateRequired
    assert client_of(admission, over_tls(MADE.good, None, PARTNER)).needs_bound_token


def test_the_name_that_a_proxy_asks_for_is_its_own_affair(admission: Admission) -> None:
    scope = over_tls(None, PARTNER, b"hpts.internal", peer=PROXY)
    scope["headers"].append((b"client-cert", as_byte_sequence(MADE.good).encode()))
    scope[SCOPE_KEY] = Request(scope["headers"])
    assert client_of(admission, scope).needs_bound_token


def test_the_host_that_a_proxy_says_it_was_asked_for_is_not_used(admission: Admission) -> None:
    headers = ((b"x-forwarded-host", PARTNER), (b"forwarded", f"for=192.0.2.9;host={PARTNER_HOST}"))
    assert not client_of(admission, scope_of(*headers, peer=PROXY)).needs_bound_token


def test_the_client_s_address_is_the_one_that_trusted_proxies_name(admission: Admission) -> None:
    """Lines of a list may be sent apart."""
    scope = scope_of((b"x-forwarded-for", "6.6.6.6"), (b"x-forwarded-for", "192.0.2.9, 10.3.3.3"), peer=PROXY)
    admission.check(scope)
    assert client_address(scope) == "192.0.2.9"
    admission.check(scope := scope_of((b"forwarded", "for=192.0.2.8"), peer=f"::ffff:{PROXY}"))
    assert client_address(scope) == "192.0.2.8"


def test_an_ordinary_host_is_checked_once_where_nothing_tells_of_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HOSTS_REMEMBERED", 2)
    admission = Admission([PARTNER_HOST])
    for host in (ORDINARY, None, b"third.example", PARTNER):
        assert (refusal(admission, scope_of(host=host)) is None) == (host != PARTNER)
    assert admission.ordinary == {b"third.example"}
    assert refusal(Admission([PARTNER_HOST], has_tls=True), over_tls(None, ORDINARY)) is None


def test_a_request_whose_other_end_is_unknown_comes_from_no_proxy(admission: Admission) -> None:
    scope = handed_on(MADE.good)
    scope["client"] = None
    assert refusal(admission, scope) is CertificateRequired
    assert client_address(scope) == ""


def test_a_bounded_number_of_header_values_is_remembered(admission: Admission, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HOSTS_REMEMBERED", 2)
    for pair in (MADE.good, MADE.second, MADE.for_anything):
        admission.check(handed_on(pair))
    assert len(admission._certificates) == 1
