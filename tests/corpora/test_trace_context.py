"""A payment is sent with every value of the trace corpus: it is posted, in the caller's trace if the value is valid."""

import json
from collections.abc import Iterable
from typing import Final
from uuid import UUID

import pytest

from tests.corpora.trace_contexts import ANOTHER, CONTINUED, PLAIN, SPACED, STATES, TRACE
from tests.support import bodies, raw
from tests.support.client import LedgerClient, new_id
from tests.support.server import RunningServer

NAME: Final = "traceparent"


@pytest.fixture
def loan_id(client: LedgerClient) -> str:
    return client.open_loan()


def correlation_of(server: RunningServer, client: LedgerClient, loan_id: str, *headers: tuple[str, str]) -> str:
    """The trace that a payment with these headers was posted in, as 32 digits."""
    own = (("Authorization", f"Bearer {client.token}"), ("Content-Type", "application/json"), ("Idempotency-Key", new_id()))
    sent: list[raw.Header] = [*own, *((name, value.encode("utf-8")) for name, value in headers)]
    body = json.dumps(bodies.payment(client, loan_id, amount_minor="1")).encode()
    answer = raw.exchange(server.url, raw.request("POST", "/v1/payments", sent, body))
    assert answer.status_code == 201, answer.text
    entry = client.get(f"/journal-entries/{answer.json()['journal_entry_id']}").json()
    return UUID(entry["correlation_id"]).hex


def assert_begun_by_the_server(traces: Iterable[str]) -> None:
    """The traces are new each time, and none is one that a caller sent."""
    begun = list(traces)
    assert len(set(begun)) == len(begun)
    assert not set(begun) & {TRACE, "0" * 32, "f" * 32, "1" * 32}


def test_a_valid_trace_is_continued(server: RunningServer, client: LedgerClient, loan_id: str) -> None:
    wrong = [
        value for value in CONTINUED if correlation_of(server, client, loan_id, (NAME, value)) != value.strip().split("-")[1]
    ]
    assert wrong == []


def test_white_space_after_a_trace_is_not_part_of_it(server: RunningServer, client: LedgerClient, loan_id: str) -> None:
    assert {correlation_of(server, client, loan_id, (NAME, value)) for value in SPACED} == {TRACE}


def test_an_invalid_trace_is_replaced_and_no_error(server: RunningServer, client: LedgerClient, loan_id: str) -> None:
    assert_begun_by_the_server(correlation_of(server, client, loan_id, (NAME, value)) for value in ANOTHER)


def test_the_name_of_the_header_is_case_insensitive_and_has_no_other_spelling(
    server: RunningServer, client: LedgerClient, loan_id: str
) -> None:
    for name in ("traceparent", "TraceParent", "TRACEPARENT", "tRACEpARENT"):
        assert correlation_of(server, client, loan_id, (name, PLAIN)) == TRACE
    others = ("trace-parent", "trace.parent", "trace_parent", "x-traceparent", "traceparents", "b3", "uber-trace-id", "X-Trace")
    assert_begun_by_the_server(correlation_of(server, client, loan_id, (name, PLAIN)) for name in others)


def test_a_repeated_header_begins_a_new_trace_even_if_both_are_equal(
    server: RunningServer, client: LedgerClient, loan_id: str
) -> None:
    pairs = ((PLAIN, PLAIN), (PLAIN, PLAIN.replace("4b", "11")), (PLAIN, ""), ("", PLAIN), (PLAIN, "x"), (PLAIN, "a" * 9_000))
    assert_begun_by_the_server(correlation_of(server, client, loan_id, (NAME, one), ("Traceparent", two)) for one, two in pairs)
    assert_begun_by_the_server([correlation_of(server, client, loan_id, *[(NAME, PLAIN)] * 50)])


def test_a_trace_is_continued_whatever_its_state(server: RunningServer, client: LedgerClient, loan_id: str) -> None:
    for state in STATES:
        assert correlation_of(server, client, loan_id, (NAME, PLAIN), ("tracestate", state)) == TRACE, state
    several = [("tracestate", state) for state in STATES[:8]]
    assert correlation_of(server, client, loan_id, *several, (NAME, PLAIN), *several) == TRACE


def test_a_state_without_a_trace_begins_a_new_one(server: RunningServer, client: LedgerClient, loan_id: str) -> None:
    assert_begun_by_the_server(correlation_of(server, client, loan_id, ("tracestate", state)) for state in STATES)
