"""Certificate, token, host and spoofed headers, every combination of them, directly and behind the real nginx.

What each cell has to answer is computed by `expected`, which is the contract in a few lines.
"""

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from uuid import uuid4

import pytest

from tests.support.certificates import (
    BAD,
    PARTNER_HOST,
    as_byte_sequence,
    as_escaped_pem,
    certificates,
    thumbprint,
)
from tests.support.databases import Databases
from tests.support.nginx import PROGRAM, WHY_NOT
from tests.support.partners import (
    HOSTS,
    NO_ANSWER,
    ORDINARY_HOST,
    TRUSTED,
    UNTRUSTED,
    Way,
    behind_nginx,
    direct,
    exchange,
)
from tests.support.server import RunningServer

MADE = certificates()
GOOD = thumbprint(MADE.good)
CERTIFICATES = (None, "good", "second", *BAD)
TOKENS = ("none", "free", "bound", "bound to another", "bound to nothing")
SPOOFS = ("none", "header", "doubled", "trailer", "other headers")
OK = (200, "")
NO_CERTIFICATE = (403, "certificate_required")
INVALID = (401, "invalid_token")
needs_nginx = pytest.mark.skipif(PROGRAM is None, reason=WHY_NOT)


def tokens(way: Way) -> dict[str, str | None]:
    """Of a new tenant, so that none has been verified before."""
    issuer = way.issuer(str(uuid4()))
    return {
        "none": None,
        "free": issuer.token(),
        "bound": issuer.token(cnf={"x5t#S256": GOOD}),
        "bound to another": issuer.token(cnf={"x5t#S256": thumbprint(MADE.revoked)}),
        "bound to nothing": issuer.token(cnf={"x5t#S256": GOOD, "jkt": GOOD}),
    }


def spoof(kind: str) -> tuple[tuple[str, ...], str]:
    """Headers, and a trailer, by which a client claims the good certificate, and to come from elsewhere."""
    good = f"Client-Cert: {as_byte_sequence(MADE.good)}"
    pem = f"Client-Cert: {as_escaped_pem(MADE.good)}"
    others = (
        f"Client_Cert: {as_escaped_pem(MADE.good)}",
        "X-SSL-Cert: x",
        f"X-Forwarded-Host: {PARTNER_HOST}",
        "Forwarded: for=127.0.0.1",
    )
    return {
        "none": ((), ""),
        "header": ((good,), ""),
        "doubled": ((pem, good), ""),
        "trailer": ((), good),
        "other headers": (others, ""),
    }[kind]


def expected(certificate: str | None, token: str, host: str) -> tuple[int, str]:
    """NO_CERTIFICATE stands for a refused connection too, which is as good."""
    if certificate in BAD or (certificate is None and host == PARTNER_HOST):
        return NO_CERTIFICATE
    if token == "none":
        return 401, "unauthenticated"
    if token == "free":
        return OK if host == ORDINARY_HOST else INVALID
    return OK if token == "bound" and certificate == "good" else INVALID


@pytest.fixture(scope="module")
def to_itself(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Way]:
    with direct(databases, tmp_path_factory.mktemp("direct")) as way:
        yield way


@pytest.fixture(scope="module")
def nginx_ways(databases: Databases, tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Iterator[tuple[Way, Way]]:
    with behind_nginx(databases, tmp_path_factory.mktemp("nginx"), repository) as ways:
        yield ways


@pytest.fixture(scope="module", params=["direct", pytest.param("nginx", marks=needs_nginx)])
def way(request: pytest.FixtureRequest) -> Way:
    found = request.getfixturevalue("to_itself" if request.param == "direct" else "nginx_ways")
    return found if isinstance(found, Way) else found[0]


@pytest.mark.parametrize("certificate", CERTIFICATES)
@pytest.mark.parametrize("host", HOSTS)
def test_every_cell(way: Way, certificate: str | None, host: str) -> None:
    held = tokens(way)
    found, wanted = {}, {}
    for token, kind in product(TOKENS, SPOOFS):
        headers, trailer = spoof(kind)
        answer = way.ask(certificate, host, *headers, token=held[token], trailer=trailer)
        found[token, kind] = NO_CERTIFICATE if answer == NO_ANSWER and certificate in BAD else answer
        wanted[token, kind] = expected(certificate, token, host)
    assert found == wanted


@needs_nginx
@pytest.mark.parametrize("host", HOSTS)
def test_every_cell_past_the_proxy(nginx_ways: tuple[Way, Way], host: str) -> None:
    """Whoever connects from an untrusted address has no certificate, whatever is claimed; a trusted one has what it says."""
    past = nginx_ways[1]
    held = tokens(past)
    for source, claimed in ((UNTRUSTED, None), (TRUSTED, "good")):
        found, wanted = {}, {}
        for token, write in product(TOKENS, (as_byte_sequence, as_escaped_pem)):
            header = f"Client-Cert: {write(MADE.good)}"
            with past.connection(source=source) as connection:
                found[token, write] = exchange(connection, host, header, token=held[token])
            wanted[token, write] = expected(claimed, token, host)
        assert found == wanted


@needs_nginx
@pytest.mark.parametrize("certificate", BAD)
def test_a_bad_certificate_that_a_proxy_hands_on_is_refused_here(nginx_ways: tuple[Way, Way], certificate: str) -> None:
    past = nginx_ways[1]
    header = f"Client-Cert: {as_escaped_pem(getattr(MADE, certificate))}"
    for host in HOSTS:
        with past.connection() as connection:
            assert exchange(connection, host, header, token=tokens(past)["free"]) == NO_CERTIFICATE


@needs_nginx
@pytest.mark.parametrize(
    "values",
    [
        *(["x"], [""], [":AAAA:"], [as_byte_sequence(MADE.good)] * 2, [as_escaped_pem(MADE.good), as_byte_sequence(MADE.second)]),
        *([f"{as_byte_sequence(MADE.good)}, {as_byte_sequence(MADE.second)}"], [as_escaped_pem(MADE.good) * 2]),
    ],
)
def test_two_values_of_a_proxy_or_no_certificate_are_a_400(nginx_ways: tuple[Way, Way], values: list[str]) -> None:
    past = nginx_ways[1]
    headers = [f"Client-Cert: {value}" for value in values]
    for host in HOSTS:
        with past.connection() as connection:
            assert exchange(connection, host, *headers, token=tokens(past)["free"]) == (400, "validation_failed")
        with past.connection(source=UNTRUSTED) as connection:
            answer = exchange(connection, host, *headers, token=tokens(past)["free"])
            assert answer == expected(None, "free", host)


@pytest.mark.parametrize("path", ["/v1/health/live", "/v1/health/ready", "/docs", "/openapi.json", "/problems", "/", "/nothing"])
def test_a_partner_host_shows_nothing_without_a_certificate(way: Way, path: str) -> None:
    for host in (PARTNER_HOST, PARTNER_HOST.upper(), f"{PARTNER_HOST}:443", f"{PARTNER_HOST}."):
        with way.connection(None, PARTNER_HOST) as connection:
            assert exchange(connection, host, path=path) == NO_CERTIFICATE
    with way.connection("good", PARTNER_HOST) as connection:
        assert exchange(connection, PARTNER_HOST, path=path)[0] in (200, 302, 404)
    with way.connection(None, ORDINARY_HOST) as connection:
        assert exchange(connection, ORDINARY_HOST, path=path)[0] in (200, 302, 404)


@pytest.mark.parametrize("first_host", HOSTS)
def test_a_remembered_token_is_bound_on_every_other_connection(way: Way, first_host: str) -> None:
    token = tokens(way)["bound"]
    with way.connection("good", first_host) as good:
        for _ in range(2):
            assert exchange(good, first_host, token=token) == OK
            for certificate, host in product((None, "second"), HOSTS):
                answer = NO_CERTIFICATE if certificate is None and host == PARTNER_HOST else INVALID
                with way.connection(certificate, host) as other:
                    assert exchange(other, host, token=token) == answer
        assert exchange(good, first_host, token=token) == OK


def test_a_token_that_was_remembered_without_a_certificate_is_not_taken_on_a_partner_host(way: Way) -> None:
    token = tokens(way)["free"]
    for _ in range(2):
        assert way.ask(None, ORDINARY_HOST, token=token) == OK
        assert way.ask("good", PARTNER_HOST, token=token) == INVALID


@pytest.mark.parametrize(
    ("sni", "host", "is_misdirected"),
    [
        *((ORDINARY_HOST, PARTNER_HOST, True), (PARTNER_HOST, ORDINARY_HOST, True), (PARTNER_HOST, "other.example", True)),
        *(
            (PARTNER_HOST, f"{PARTNER_HOST.upper()}.:443", False),
            (ORDINARY_HOST, "LOCALHOST:1", False),
            (None, "other.example", False),
        ),
    ],
)
def test_a_request_for_another_host_than_its_connection_is_misdirected(
    to_itself: Way, sni: str | None, host: str, is_misdirected: bool
) -> None:
    with to_itself.connection("good", sni) as connection:
        answer = exchange(connection, host, path="/v1/health/live")
    assert answer == ((421, "misdirected_request") if is_misdirected else OK)


def test_without_sni_the_host_header_alone_counts(to_itself: Way) -> None:
    with to_itself.connection(None, None) as connection:
        assert exchange(connection, PARTNER_HOST, path="/v1/health/live") == NO_CERTIFICATE
    with to_itself.connection("good", None) as connection:
        assert exchange(connection, PARTNER_HOST, token=tokens(to_itself)["bound"]) == OK


@pytest.mark.parametrize("certificate", [None, "good"])
def test_an_absolute_target_has_to_name_the_same_host(to_itself: Way, certificate: str | None) -> None:
    for sni, target, host in ((ORDINARY_HOST, PARTNER_HOST, ORDINARY_HOST), (ORDINARY_HOST, ORDINARY_HOST, PARTNER_HOST)):
        with to_itself.connection(certificate, sni) as connection:
            assert exchange(connection, host, path=f"https://{target}/v1/health/live") == (421, "misdirected_request")
    with to_itself.connection(certificate, ORDINARY_HOST) as connection:
        assert exchange(connection, ORDINARY_HOST, path=f"https://{ORDINARY_HOST}/v1/health/live") == OK


def test_plain_http_never_shows_a_partner_host(server: RunningServer, tmp_path: Path) -> None:
    plain = Way(server.url, tmp_path, server, is_tls=False)
    for headers in ((), (f"Client-Cert: {as_byte_sequence(MADE.good)}",)):
        with plain.connection() as connection:
            assert exchange(connection, PARTNER_HOST, *headers, path="/v1/health/live") == NO_CERTIFICATE
            assert exchange(connection, ORDINARY_HOST, *headers, path="/v1/health/live") == OK
