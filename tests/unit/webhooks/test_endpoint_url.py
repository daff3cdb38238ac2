"""Which URLs are taken, and what is made of them; an address is refused in whatever spelling it is written."""

import pytest

from app.webhooks.endpoint_url import EndpointUrl, UrlRefused, parse_endpoint_url, url_refusal

NONE = frozenset[str]()
PLAIN_MISTAKES = {
    "http://receiver.example/hook": "not an https URL",
    "ftp://receiver.example/hook": "not an https URL",
    "receiver.example/hook": "not an https URL",
    "https:/receiver.example": "not an https URL",
    "https://user:word@receiver.example/": "credentials",
    "https://@receiver.example/": "credentials",
    "https://receiver.example/#part": "fragment",
    "https://receiver.example/#": "fragment",
    "https://receiver.example:0/": "port",
    "https://receiver.example:65536/": "port",
    "https://receiver.example:http/": "port",
    "https:///hook": "no name",
    "https://a..b/": "no name",
    "https://[v1.a]/": "malformed|no name",
    "https://[::1/": "malformed",
    "https://receiver.example/a b": "space",
    "https://receiver.example\t/": "control character",
    "https://receiver.example\\@127.0.0.1/": "backslash",
    f"https://{'a' * 64}.example/": "no name",
    f"https://{'a.' * 130}example/": "no name",
    "https://localhost/": "this machine",
    "https://LOCALHOST./": "this machine",
    "https://a.localhost/": "this machine",
}
ADDRESSES = (
    *("127.0.0.1", "10.0.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255"),
    *("2130706433", "0x7f000001", "0X7F.0.0.1", "017700000001", "0177.0.0.1", "127.1", "127.0.1", "0", "00000000177.1"),
    *("134744072", "0x08080808", "010.8.8.8", "8.8.2056"),
    *("127.0.0.1.", "127.1.", "2130706433.", "127.0.0.1..", "%31%32%37.0.0.1", "127%2e0%2e0%2e1", "127%252e0.0.1", "%3127.0.0.1"),
    *(
        "127。0。0。1",
        "127．0．0．1",
        "127｡0｡0｡1",
        "１２７.0.0.1",
        "①②⑦.0.0.1",
        "１２７。１",
        "127.0.0.1\u00ad",
        "12\u200b7.0.0.1",
    ),
    *("1.2.3.4.5", "256.1.1.1", "1.1.1.09", "0x", "a.1", "receiver.0x7f"),
    *("[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:8.8.8.8]", "[::127.0.0.1]", "[0:0:0:0:0:ffff:7f00:1]"),
    *("[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]", "[fe80::1]", "[fe80::1%25eth0]"),
    *("[fc00::1]", "[fd00:ec2::254]", "[ff02::1]", "[2001:db8::1]", "[2606:4700::5efe:127.0.0.1]", "[::ffff:0:127.0.0.1]"),
)


@pytest.mark.parametrize("url", PLAIN_MISTAKES)
def test_a_url_that_is_no_public_https_url_is_refused_with_its_reason(url: str) -> None:
    with pytest.raises(UrlRefused, match=PLAIN_MISTAKES[url]):
        parse_endpoint_url(url, NONE)


@pytest.mark.parametrize("host", ADDRESSES)
@pytest.mark.parametrize("port", ["", ":8443"])
def test_an_address_that_is_private_or_spelled_unusually_is_refused(host: str, port: str) -> None:
    assert url_refusal(f"https://{host}{port}/hook", NONE) is not None
    assert url_refusal(f"HTTPS://{host.upper()}{port}", NONE) is not None


def test_the_parts_of_a_url_that_is_taken() -> None:
    assert parse_endpoint_url("HTTPS://Receiver.Example./Hook?a=b%20c", NONE) == EndpointUrl(
        True, "receiver.example", 443, "/Hook?a=b%20c", False
    )
    assert parse_endpoint_url("https://münchen.example:8443", NONE) == EndpointUrl(
        True, "xn--mnchen-3ya.example", 8443, "/", False
    )
    assert parse_endpoint_url("https://receiver.example/é?é", NONE).target == "/%C3%A9?%C3%A9"
    assert url_refusal("https://8.8.8.8/hook", NONE) is None
    assert url_refusal("https://[2606:4700::1111]/hook", NONE) is None


def test_the_host_header_leaves_out_the_port_of_the_scheme() -> None:
    headers = {
        "https://receiver.example:443/": "receiver.example",
        "https://receiver.example:80/": "receiver.example:80",
        "https://[2606:4700::1111]:8443/": "[2606:4700::1111]:8443",
    }
    assert {url: parse_endpoint_url(url, NONE).host_header for url in headers} == headers


def test_a_private_host_is_taken_with_its_port_only_and_also_by_http() -> None:
    private = frozenset({"localhost:8080", "10.0.0.1:443", "[::1]:80"})
    taken = ("http://localhost:8080/", "https://LocalHost.:8080/", "https://10.0.0.1/", "https://10.0.0.1:443/", "http://[::1]/")
    assert [url_refusal(url, private) for url in taken] == [None] * len(taken)
    assert all(parse_endpoint_url(url, private).is_private_allowed for url in taken)
    refused = ("http://localhost/", "http://localhost:8081/", "http://10.0.0.1/", "https://167772161/", "https://010.0.0.1/")
    assert all(url_refusal(url, private) for url in refused)


def test_credentials_and_fragments_stay_refused_for_a_private_host() -> None:
    private = frozenset({"localhost:8080"})
    assert url_refusal("http://a:b@localhost:8080/", private) is not None
    assert url_refusal("http://localhost:8080/#a", private) is not None
