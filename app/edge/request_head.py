"""What the head of a request must be before the application sees it: version, Host, Transfer-Encoding and announced length."""

import re
from typing import Final

import httptools

from app import limits
from app.edge.host_name import host_name
from app.edge.refusals import (
    HeadersTooLarge,
    HttpVersionNotSupported,
    MisdirectedRequest,
    NotHttp,
    PayloadTooLarge,
    TransferCodingNotImplemented,
)

HeaderFields = list[tuple[bytes, bytes]]
HOST: Final = re.compile(rb"(?:[A-Za-z0-9._~!$&'()*+,;=%-]*|\[[0-9A-Za-z:.]+\])(?::[0-9]*)?")
SEPARATORS_BYTES: Final = 4
"""Colon, space and line end of one header line."""


def check_version(version: str) -> None:
    """Raises HttpVersionNotSupported from 2.0 on, and NotHttp below 1.0; a later 1.x speaks 1.1 with us (RFC 9110, 2.5)."""
    if version[0] == "0":
        raise NotHttp("HTTP before 1.0 is not served; send HTTP/1.1")
    if version[0] != "1":
        raise HttpVersionNotSupported(version)


def check_head(version: str, headers: HeaderFields) -> None:
    """Raises the refusal of the first thing that is wrong. `headers` have their names in lower case."""
    if len(headers) > limits.HEADER_FIELDS:
        raise HeadersTooLarge
    names = [name for name, _ in headers]
    hosts = names.count(b"host")
    if hosts != 1:
        if hosts or version != "1.0":
            raise NotHttp("the request needs exactly one Host header")
    elif HOST.fullmatch(headers[names.index(b"host")][1]) is None:
        raise NotHttp("the Host header is not a host with an optional port")
    if b"transfer-encoding" in names:
        _check_transfer_encoding(version, headers)
    elif b"content-length" in names and int(headers[names.index(b"content-length")][1]) > limits.LARGEST_BODY_BYTES:
        # The parser has refused what is repeated or not digits.
        raise PayloadTooLarge(limits.LARGEST_BODY_BYTES)


def split_url(url: bytes, headers: HeaderFields) -> tuple[bytes, bytes]:
    """Path and query. Most targets are no more than that; others, and fragments, are left to the parser of URLs.

    Raises MisdirectedRequest for a target with a host (RFC 9112, 3.2.2) that is not the one of the Host header.
    """
    if url.startswith(b"/") and b"#" not in url:
        path, _, query = url.partition(b"?")
        return path, query
    parsed = httptools.parse_url(url)
    if parsed.host is not None:
        hosts = [host_name(value).strip(b"[]") for name, value in headers if name == b"host"]
        if hosts != [host_name(parsed.host)]:
            raise MisdirectedRequest
    return parsed.path, parsed.query or b""


def check_head_size(url: bytes, headers: HeaderFields) -> None:
    """Raises HeadersTooLarge. It is asked for heads that arrived in parts; what arrives at once is cut to the limit before."""
    size = len(url) + sum(len(name) + len(value) + SEPARATORS_BYTES for name, value in headers)
    if size > limits.HEADER_BYTES or len(headers) > limits.HEADER_FIELDS:
        raise HeadersTooLarge


def _check_transfer_encoding(version: str, headers: HeaderFields) -> None:
    """Only `chunked`, once, and as the parser knows it: with a tab after it, which is white space too, the parser does not.

    Whoever reads another framing than we do sees other requests on the same connection.
    """
    values = b",".join(value for name, value in headers if name == b"transfer-encoding")
    codings = [coding.strip(b" ").lower() for coding in values.split(b",")]
    if version == "1.0":
        raise NotHttp("HTTP/1.0 has no Transfer-Encoding; send Content-Length")
    if any(coding not in (b"chunked", b"") for coding in codings):
        raise TransferCodingNotImplemented
    if codings != [b"chunked"]:
        raise NotHttp("Transfer-Encoding names chunked more than once, or nothing")
