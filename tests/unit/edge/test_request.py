"""What is kept of a request: its headers, those sent more than once, and its place in the ASGI scope."""

import pytest

from app.edge.request import SCOPE_KEY, Request, request_of, trace_of

ACCEPT = (b"accept", b"application/json")


def test_headers_are_found_by_their_name_in_lower_case() -> None:
    request = Request([ACCEPT, (b"x-trace-id", b"caller-trace-1")])
    assert request.headers == {b"accept": b"application/json", b"x-trace-id": b"caller-trace-1"}
    assert request.repeated_headers == frozenset()


@pytest.mark.parametrize("values", [(b"a", b"b"), (b"a", b"a"), (b"a", b"b", b"c")])
def test_a_name_that_was_sent_more_than_once_is_listed(values: tuple[bytes, ...]) -> None:
    request = Request([ACCEPT, *((b"x-trace-id", value) for value in values)])
    assert request.repeated_headers == {b"x-trace-id"}
    assert request.headers[b"x-trace-id"] == values[-1]


def test_every_repeated_name_is_listed() -> None:
    pairs = [(b"accept", b"1"), (b"te", b"1"), (b"accept", b"2"), (b"te", b"2"), (b"host", b"1")]
    assert Request(pairs).repeated_headers == {b"accept", b"te"}


def test_a_request_is_known_by_nothing_until_it_has_gone_its_way() -> None:
    request = Request(())
    assert (request.route, request.operation_id, request.problem_code, request.trace_id) == ("",) * 4
    assert request.caller is None
    assert (request.status, request.response_headers) == (0, ())


def test_a_line_of_the_log_that_is_about_a_request_has_its_trace() -> None:
    request = Request(())
    request.trace_id = "ab" * 16
    assert trace_of(request) == {"trace_id": "ab" * 16}


def test_the_request_is_found_in_its_scope() -> None:
    request = Request(())
    assert request_of({SCOPE_KEY: request}) is request
