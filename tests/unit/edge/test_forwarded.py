"""What a proxy says about its client: one certificate in one of two forms, and the addresses that a request came by."""

import base64
from ipaddress import ip_network

import pytest

from app.auth.client_certificate import CertificateUnreadable
from app.edge.forwarded import TrustedProxies, certificate_bytes, parse_address
from tests.support.certificates import as_byte_sequence, as_escaped_pem, certificates, der

GOOD = certificates().good
SEQUENCE, PEM = as_byte_sequence(GOOD).encode(), as_escaped_pem(GOOD).encode()
PROXIES = TrustedProxies([ip_network("10.0.0.0/8"), ip_network("fd00::/8")])


@pytest.mark.parametrize("value", [SEQUENCE, SEQUENCE.replace(b"=", b""), PEM, PEM.replace(b"%20", b" "), GOOD.certificate_pem])
def test_one_certificate_is_read_in_either_form(value: bytes) -> None:
    assert certificate_bytes(value) == der(GOOD)


@pytest.mark.parametrize(
    "value",
    [
        *(b"", b"-", b"(null)", b"::", b":", b":*:", SEQUENCE[1:], SEQUENCE[:-1], SEQUENCE.replace(b":", b"")),
        *(SEQUENCE + b", " + SEQUENCE, SEQUENCE + SEQUENCE, PEM + PEM, PEM + b"," + PEM, PEM + SEQUENCE, b"%zz", PEM[:-4]),
        *(base64.b64encode(der(GOOD)), b'Cert="%s"' % PEM, b":" + base64.b64encode(der(GOOD))[:-3] + b":=", b":A:"),
    ],
)
def test_everything_else_is_no_certificate(value: bytes) -> None:
    with pytest.raises(CertificateUnreadable):
        certificate_bytes(value)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        *(
            ("192.0.2.1", "192.0.2.1"),
            ("192.0.2.1:4711", "192.0.2.1"),
            ("2001:DB8::1", "2001:db8::1"),
            ("[2001:db8::1]:80", "2001:db8::1"),
        ),
        *(("[2001:db8::1]", "2001:db8::1"), ("::ffff:10.1.2.3", "10.1.2.3"), ("[::ffff:10.1.2.3]:1", "10.1.2.3")),
        *(("", None), ("unknown", None), ("_hidden", None), ("192.0.2.300", None), ("192.0.2.1:x", None), ("010.1.1.1", None)),
    ],
)
def test_an_address_may_have_a_port_and_is_written_one_way(text: str, address: str | None) -> None:
    found = parse_address(text)
    assert (None if found is None else str(found)) == address


@pytest.mark.parametrize(
    ("forwarded_for", "forwarded", "client"),
    [
        *((None, None, "10.0.0.1"), ("192.0.2.1", None, "192.0.2.1"), ("192.0.2.1:99", None, "192.0.2.1")),
        *(
            ("6.6.6.6, 192.0.2.1", None, "192.0.2.1"),
            ("192.0.2.1, 10.9.9.9", None, "192.0.2.1"),
            ("10.1.1.1,10.2.2.2", None, "10.1.1.1"),
        ),
        *(("192.0.2.1, fd00::1", None, "192.0.2.1"), ("192.0.2.1, unknown, 10.2.2.2", None, "10.2.2.2"), ("", None, "10.0.0.1")),
        *(("<script>", None, "10.0.0.1"), ("192.0.2.1", "for=6.6.6.6", "192.0.2.1"), (None, "for=192.0.2.1", "192.0.2.1")),
        *(
            (None, "for=6.6.6.6, for=192.0.2.1;proto=https, for=10.1.1.1", "192.0.2.1"),
            (None, 'For="[2001:db8::1]:80"', "2001:db8::1"),
        ),
        *((None, "proto=https;for=192.0.2.1", "192.0.2.1"), (None, "for=192.0.2.1, proto=https", "10.0.0.1")),
        *(
            (None, 'for=192.0.2.1;by="a,b"', "192.0.2.1"),
            (None, 'by="for=6.6.6.6";for=192.0.2.1', "192.0.2.1"),
            (None, "", "10.0.0.1"),
        ),
    ],
)
def test_the_client_is_the_last_address_that_is_no_trusted_proxy(
    forwarded_for: str | None, forwarded: str | None, client: str
) -> None:
    assert PROXIES.client_address("10.0.0.1", forwarded_for, forwarded) == client


def test_networks_of_both_kinds_are_trusted_and_nothing_else() -> None:
    found = [PROXIES.trusts(parse_address(text)) for text in ("10.3.2.1", "::ffff:10.3.2.1", "fd00::5", "11.0.0.1", "::1", "x")]
    assert found == [True, True, True, False, False, False]
