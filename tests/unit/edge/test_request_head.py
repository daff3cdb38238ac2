"""The checks of a request's head; over a connection they are tried in test_http1."""

import pytest

from app import limits
from app.edge.refusals import (
    HeadersTooLarge,
    HttpVersionNotSupported,
    MisdirectedRequest,
    NotHttp,
    PayloadTooLarge,
    TransferCodingNotImplemented,
)
from app.edge.request_head import HeaderFields, check_head, check_head_size, check_version, split_url
from app.refusal import Refusal

HOST = (b"host", b"localhost")


@pytest.mark.parametrize(
    ("version", "refusal"), [("0.9", NotHttp), ("2.0", HttpVersionNotSupported), ("9.9", HttpVersionNotSupported)]
)
def test_only_1_x_is_served(version: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        check_version(version)
    check_version("1.0")
    check_version("1.2")


@pytest.mark.parametrize(
    ("headers", "refusal"),
    [
        ([], NotHttp),
        ([HOST, HOST], NotHttp),
        ([(b"host", b"a b")], NotHttp),
        ([HOST, (b"transfer-encoding", b"chunked,")], NotHttp),
        ([HOST, (b"transfer-encoding", b"chunked"), (b"transfer-encoding", b"chunked")], NotHttp),
        ([HOST, (b"transfer-encoding", b"chunked\t")], TransferCodingNotImplemented),
        ([HOST, (b"content-length", b"%d" % (limits.LARGEST_BODY_BYTES + 1))], PayloadTooLarge),
        ([HOST, *[(b"x", b"")] * limits.HEADER_FIELDS], HeadersTooLarge),
    ],
)
def test_the_first_thing_that_is_wrong_is_refused(headers: HeaderFields, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        check_head("1.1", headers)


def test_what_is_right_passes() -> None:
    check_head("1.0", [])
    check_head("1.1", [HOST, (b"transfer-encoding", b"CHUNKED ")])
    check_head("1.1", [HOST, (b"content-length", b"%d" % limits.LARGEST_BODY_BYTES)])


def test_url_and_headers_have_one_limit_together() -> None:
    value = b"x" * (limits.HEADER_BYTES - len(b"/nowhere") - len(b"x: \r\n"))
    check_head_size(b"/nowhere", [(b"x", value)])
    for url, headers in ((b"/nowhere!", [(b"x", value)]), (b"/", [(b"x", b"")] * (limits.HEADER_FIELDS + 1))):
        with pytest.raises(HeadersTooLarge):
            check_head_size(url, headers)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        *((b"/p?q=1", b"a.example"), (b"/p?q=1#f", b"a.example"), (b"http://a.example/p?q=1", b"a.example")),
        *(
            (b"https://A.Example.:9/p?q=1", b"a.example:80"),
            (b"http://[::1]:8/p?q=1", b"[::1]"),
            (b"//b.example/p?q=1", b"a.example"),
        ),
    ],
)
def test_path_and_query_are_those_of_the_target_whatever_its_form(url: bytes, host: bytes) -> None:
    path = b"//b.example/p" if url.startswith(b"//") else b"/p"
    assert split_url(url, [(b"host", host)]) == (path, b"q=1")


@pytest.mark.parametrize("hosts", [[b"b.example"], [], [b""], [b"a.example.evil"], [b"a.example", b"a.example"]])
def test_a_target_with_another_host_than_the_header_is_misdirected(hosts: list[bytes]) -> None:
    with pytest.raises(MisdirectedRequest):
        split_url(b"http://a.example/p", [(b"host", host) for host in hosts])
