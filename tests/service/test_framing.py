"""Requests whose length is ambiguous or whose form is not HTTP post nothing, and are never read as two requests."""

import json
from typing import Final

import pytest

from app.contract.document import load
from app.edge.respond import PROBLEM
from tests.support import bodies, raw
from tests.support.client import LedgerClient
from tests.support.problems import problem_of
from tests.support.refusals import Refusals
from tests.support.server import RunningServer

LENGTH: Final = "Content-Length"
CODING: Final = "Transfer-Encoding"


@pytest.fixture
def body(client: LedgerClient) -> bytes:
    return json.dumps(bodies.payment(client, client.open_loan())).encode()


def payment_request(client: LedgerClient, body: bytes, *more: raw.Header) -> bytes:
    """A payment whose length is given in the headers `more`."""
    authorization, key = ("Authorization", f"Bearer {client.token}"), ("Idempotency-Key", "framing:00000001")
    headers = [authorization, key, ("Content-Type", "application/json"), *more]
    return raw.request("POST", "/v1/payments", headers, body, length=False)


def encode_chunked(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


def test_a_length_that_is_repeated_or_not_digits_is_refused(
    server: RunningServer, client: LedgerClient, body: bytes, refusals: Refusals
) -> None:
    length = str(len(body))
    doubtful: tuple[tuple[raw.Header, ...], ...] = (
        ((LENGTH, length), (LENGTH, length)),
        ((LENGTH, length), (LENGTH, "5")),
        *(((LENGTH, text),) for text in ("-1", f"+{length}", "0x10", f"{length}, {length}", "1e2", "9" * 30)),
    )
    with refusals.nothing_written():
        for more in doubtful:
            assert raw.exchange(server.url, payment_request(client, body, *more)).status_code == 400


def test_a_transfer_encoding_that_is_ambiguous_or_malformed_is_refused(
    server: RunningServer, client: LedgerClient, body: bytes, refusals: Refusals
) -> None:
    coding: raw.Header = (CODING, "chunked")
    with refusals.nothing_written():
        for sent in (
            payment_request(client, encode_chunked(body), coding, (LENGTH, str(len(body)))),
            payment_request(client, encode_chunked(body), (CODING, "chunked, chunked")),
            payment_request(client, b"zz\r\n" + body, coding),
            payment_request(client, b"f" * 20 + b"\r\n" + body, coding),
            payment_request(client, b"-1\r\n" + body, coding),
        ):
            assert raw.exchange(server.url, sent).status_code == 400
        for other in ("identity", "gzip", "gzip, chunked"):
            sent = payment_request(client, encode_chunked(body), (CODING, other))
            problem_of(raw.exchange(server.url, sent), "not_implemented")


def test_headers_after_the_body_are_no_headers(
    server: RunningServer, client: LedgerClient, body: bytes, refusals: Refusals
) -> None:
    """Neither in one segment with the body nor in the next one."""
    trailers = f"Authorization: Bearer {client.token}\r\nIdempotency-Key: framing:00000001\r\n\r\n".encode()
    head = raw.request("POST", "/v1/payments", [("Content-Type", "application/json"), (CODING, "chunked")], length=False)
    sent = head + encode_chunked(body)[:-2]
    with refusals.nothing_written():
        problem_of(raw.exchange(server.url, sent + trailers), "unauthenticated")
        with raw.connect(server.url) as connection:
            connection.sendall(sent)
            connection.sendall(trailers)
            assert connection.recv(1_000).startswith(b"HTTP/1.1 401 ")


def test_bytes_after_a_posting_that_are_no_http_do_not_take_its_answer(
    server: RunningServer, client: LedgerClient, body: bytes
) -> None:
    sent = payment_request(client, body, (LENGTH, str(len(body)))).replace(b"Connection: close\r\n", b"")
    with raw.connect(server.url) as connection:
        connection.sendall(sent + b"\x00 no HTTP\r\n\r\n")
        answers = b"".join(iter(lambda: connection.recv(65_536), b""))
    first, second = answers.index(b"HTTP/1.1 201 "), answers.index(b"HTTP/1.1 400 ")
    assert first < second
    assert b'"journal_entry_id"' in answers[:second]


def test_header_lines_that_are_malformed_are_refused(
    server: RunningServer, client: LedgerClient, body: bytes, refusals: Refusals
) -> None:
    length: raw.Header = (LENGTH, str(len(body)))
    with refusals.nothing_written():
        for name, value in (("X", b"a\x00b"), ("X ", "a"), (b"X\xff", "a"), (" folded", "a"), ("", "a"), ("X", b"a\nb")):
            assert raw.exchange(server.url, payment_request(client, body, length, (name, value))).status_code == 400


@pytest.mark.parametrize("sent", [b"GET\r\n\r\n", b"\x16\x03\x01\x02\x00\x01", b"GET /v1/health/live\r\n\r\n"])
def test_what_is_not_http_gets_a_problem_of_the_catalogue(server: RunningServer, sent: bytes) -> None:
    response = raw.exchange(server.url, sent)
    problem = response.json()
    listed = load().problems[problem["code"]]
    assert (response.status_code, response.headers["content-type"]) == (400, PROBLEM)
    assert (problem["title"], problem["status"]) == (listed.title, listed.status)
    assert load().problem.check(problem) is None


def test_a_request_inside_the_body_of_another_is_not_served(
    server: RunningServer, client: LedgerClient, body: bytes, refusals: Refusals
) -> None:
    hidden = payment_request(client, body, (LENGTH, str(len(body))))
    with refusals.nothing_written():
        response = raw.exchange(server.url, payment_request(client, hidden, (LENGTH, str(len(hidden)))))
    assert response.json()["code"] == "malformed_json"


def test_an_upgrade_to_another_protocol_is_refused(
    server: RunningServer, client: LedgerClient, body: bytes, refusals: Refusals
) -> None:
    offer = payment_request(
        client, body, ("Upgrade", "h2c"), ("HTTP2-Settings", "AAMAAABkAARAAAAAAAIAAAAA"), (LENGTH, str(len(body)))
    )
    offer = offer.replace(b"Connection: close", b"Connection: Upgrade, HTTP2-Settings")
    with refusals.nothing_written():
        response = raw.exchange(server.url, offer)
    assert (response.status_code, response.json()["code"]) == (400, "malformed_json")


def test_an_expectation_is_met_before_the_body_is_sent(server: RunningServer, client: LedgerClient, body: bytes) -> None:
    whole = payment_request(client, body, ("Expect", "100-continue"), (LENGTH, str(len(body))))
    head = whole[: -len(body)]
    with raw.connect(server.url) as connection:
        connection.sendall(head)
        assert connection.recv(1_000).startswith(b"HTTP/1.1 100 ")
        connection.sendall(body)
        assert connection.recv(10_000).startswith(b"HTTP/1.1 201 ")
