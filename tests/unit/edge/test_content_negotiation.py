"""Whether a caller takes JSON, by RFC 9110."""

import time

import pytest

from app import limits
from app.edge.content_negotiation import accepts_json
from tests.unit.edge.support import Edge


@pytest.mark.parametrize(
    "accept",
    [
        "application/*",
        "Application/JSON",
        "application/json;q=0.1",
        "text/html, application/json",
        "text/html,application/xhtml+xml,*/*;q=0.8",
        "application/json; charset=utf-8",
        "application/json ; q=1.000",
        "*/*;q=0, application/json",
        "application/*;q=0, application/json;q=0.001",
        ", application/json",
        "application/json;q=0, application/json;q=0.5",
        "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2",
        "application/json;q=.8",
        "application/json; Q = 0.3333",
        "application/json;q=1.",
        "*",
        'application/json;profile="a, b; q=0"',
        'application/json;profile="never closed',
    ],
)
def test_json_is_taken(accept: str) -> None:
    assert accepts_json(accept)


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "application/xml",
        "application/problem+json",
        "application/json;q=0",
        "application/json;q=0.000, */*",
        "application/*;q=0, */*;q=1",
        "*/*;q=0",
        "application/json;q=2",
        "application/json;q=x",
        "json",
        "*;q=0",
        "application/json;q=.",
        "application/json;q=.0",
        'text/html;x="application/json, */*"',
        "application",
        ";",
        "\xff",
    ],
)
def test_json_is_not_taken(accept: str) -> None:
    assert not accepts_json(accept)


@pytest.mark.parametrize("part", ['\\"', '"', ",", ";", "q=", " ", ";q=0,"])
def test_a_header_of_the_largest_size_is_read_at_once(part: str) -> None:
    """What is tried again from each of its characters would take seconds."""
    long = '"' + part * (limits.HEADER_BYTES // len(part))
    begun = time.process_time()
    for accept in (long, long[1:], f"application/json;{long}", f"*/*,{long}"):
        accepts_json(accept)
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("accept", [b"*/*", b"application/json", b""])
async def test_the_plain_values_pass(edge: Edge, accept: bytes) -> None:
    assert (await edge.post(None, (b"accept", accept))).status == 201


async def test_a_caller_that_takes_no_json_is_a_406(edge: Edge) -> None:
    reply = await edge.post(None, (b"accept", b"text/html"))
    assert (reply.status, reply.code) == (406, "not_acceptable")


async def test_several_accept_headers_are_one_list(edge: Edge) -> None:
    assert (await edge.post(None, (b"accept", b"text/html"), (b"accept", b"application/json"))).status == 201
