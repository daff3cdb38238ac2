"""Headers of requests that are missing, malformed or repeated, and the headers of answers."""

import json
from typing import Final
from uuid import UUID

import httpx
import pytest

from app import limits
from tests.support import bodies, raw
from tests.support.client import LedgerClient, new_id
from tests.support.postings import POSTINGS, Posting
from tests.support.problems import problem_of
from tests.support.refusals import Refusals
from tests.support.server import RunningServer

KEY: Final = "header:00000001"
TRACE: Final = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT: Final = "00f067aa0ba902b7"


@pytest.fixture
def loan_id(client: LedgerClient) -> str:
    return client.open_loan()


def headers(client: LedgerClient, **changed: str | None) -> list[raw.Header]:
    """The headers of a valid posting; a header that is None is left out."""
    good: dict[str, str | None] = {
        "Authorization": f"Bearer {client.token}",
        "Content-Type": "application/json",
        "Idempotency-Key": KEY,
    }
    named = {name.replace("_", "-"): value for name, value in changed.items()}
    return [(name, value) for name, value in (good | named).items() if value is not None]


def send(server: RunningServer, client: LedgerClient, loan_id: str, sent: list[raw.Header]) -> httpx.Response:
    """A payment with exactly these headers."""
    body = json.dumps(bodies.payment(client, loan_id)).encode()
    return raw.exchange(server.url, raw.request("POST", "/v1/payments", sent, body))


def test_missing_credentials_get_a_challenge_without_an_error(
    server: RunningServer, client: LedgerClient, loan_id: str, refusals: Refusals
) -> None:
    for value in (None, "Basic ZGVtbzpkZW1v", "Digest x", "Bear x", "token"):
        response = send(server, client, loan_id, headers(client, Authorization=value))
        problem_of(response, "unauthenticated")
        assert response.headers["www-authenticate"] == 'Bearer realm="hpts"'
    with refusals.nothing_written():
        send(server, client, loan_id, headers(client, Authorization=None))


def test_repeated_or_malformed_credentials_are_refused(
    server: RunningServer, client: LedgerClient, loan_id: str, refusals: Refusals
) -> None:
    token = f"Bearer {client.token}"
    repeated = [*headers(client), ("authorization", token)]
    refusals.expect("invalid_token", send, server, client, loan_id, repeated)
    for value in ("Bearer ", "Bearer x", f"{token} x", f"{token},{token}", f"Bearer {token}"):
        response = send(server, client, loan_id, headers(client, Authorization=value))
        assert response.json()["code"] in ("invalid_token", "unauthenticated")
        assert response.headers["www-authenticate"].startswith("Bearer")


def test_the_scheme_of_the_credentials_is_case_insensitive(server: RunningServer, client: LedgerClient, loan_id: str) -> None:
    assert send(server, client, loan_id, headers(client, Authorization=f"bEARER {client.token}")).status_code == 201


def correlation_of(client: LedgerClient, response: httpx.Response) -> str:
    assert response.status_code == 201, response.text
    text: str = client.get(f"/journal-entries/{response.json()['journal_entry_id']}").json()["correlation_id"]
    return text


def test_the_caller_s_trace_id_is_in_the_journal_and_in_problems(client: LedgerClient, loan_id: str) -> None:
    for traceparent in (f"00-{TRACE}-{PARENT}-01", f"00-{TRACE}-{PARENT}-00", f"cc-{TRACE}-{PARENT}-01-what-the-future-brings"):
        sent = {"traceparent": traceparent}
        posted = client.post("/payments", bodies.payment(client, loan_id), headers=sent)
        assert correlation_of(client, posted) == str(UUID(TRACE))
        refused = client.post("/payments", bodies.payment(client, new_id()), headers=sent)
        assert problem_of(refused, "loan_not_found")["trace_id"] == TRACE
        assert problem_of(client.http.get("/nowhere", headers=sent), "not_found")["trace_id"] == TRACE


def test_every_answer_names_the_trace_of_its_request(client: LedgerClient, loan_id: str, server: RunningServer) -> None:
    """Of an operation, a problem, a page, and of what is refused before it is a request."""
    sent = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
    root = server.url
    answers = [
        client.post("/payments", bodies.payment(client, loan_id), KEY, sent),
        client.post("/payments", bodies.payment(client, loan_id), KEY, sent),
        client.post("/payments", bodies.payment(client, new_id()), headers=sent),
        client.http.get(f"/loans/{loan_id}/balance", headers=sent),
        client.http.head(f"/loans/{loan_id}/balance", headers=sent),
        client.http.get("/reconciliation/status", headers=sent),
        client.http.get("/health/live", headers=sent),
        client.http.get("/nowhere", headers=sent),
        client.http.delete("/payments", headers=sent),
        client.http.get(f"{root}/docs", headers=sent),
        client.http.get(f"{root}/no-page", headers=sent),
    ]
    assert {answer.status_code for answer in answers} >= {200, 201, 404, 405, 422}
    assert {answer.headers["x-request-trace"] for answer in answers} == {TRACE}
    unread = client.http.get("/health/live", headers=sent | {"X-Padding": "x" * limits.HEADER_BYTES})
    assert unread.headers["x-request-trace"] == problem_of(unread, "headers_too_large")["trace_id"] != TRACE
    for garbage in (b"nonsense\r\n\r\n", b"GET /v1/health/live HTTP/1.1\r\n\r\n", b"GET / HTTP/3.0\r\nHost: x\r\n\r\n"):
        refused = raw.exchange(root, garbage)
        assert refused.headers["x-request-trace"] == refused.json()["trace_id"] != TRACE


@pytest.mark.parametrize("posting", POSTINGS, ids=str)
def test_what_was_posted_is_read_where_its_answer_says(client: LedgerClient, loan_id: str, posting: Posting) -> None:
    facts = client.facts_for(posting, loan_id)
    posted = client.send(posting, facts, KEY)
    found = client.http.get(httpx.URL(str(client.http.base_url)).join(posted.headers["location"]))
    assert (found.status_code, found.json()["journal_entry_id"]) == (200, posted.json()["journal_entry_id"])
    assert "location" not in client.send(posting, facts, KEY).headers


def test_every_request_without_a_trace_gets_a_new_one(client: LedgerClient, loan_id: str) -> None:
    assert len({correlation_of(client, client.pay(loan_id, 1)) for _ in range(5)}) == 5


@pytest.mark.parametrize("value", ["4bf92f35-77b3", "", "a" * 129, "<script>", "abcdefg h"])
def test_the_deprecated_trace_header_is_ignored_and_answered_with_its_sunset_date(
    client: LedgerClient, loan_id: str, value: str
) -> None:
    old = {"X-Trace-Id": value}
    answers = [
        client.post("/payments", bodies.payment(client, loan_id), KEY, old),
        client.post("/payments", bodies.payment(client, loan_id), KEY, old),
        client.post("/payments", bodies.payment(client, new_id()), headers=old),
        client.http.get(f"/loans/{loan_id}/balance", headers=old),
    ]
    assert [answer.status_code for answer in answers] == [201, 200, 422, 200]
    for answer in answers:
        assert answer.headers["sunset"] == "Thu, 01 Oct 2026 00:00:00 GMT"
        assert answer.headers["deprecation"].startswith("@")
    assert "sunset" not in client.pay(loan_id, 1).headers


@pytest.mark.parametrize(
    "accept", ["text/html", "application/xml", "application/json;q=0", "*/*;q=0", "image/*, text/*", "x", "application/json;q=x"]
)
def test_an_accept_that_excludes_json_is_refused(client: LedgerClient, loan_id: str, refusals: Refusals, accept: str) -> None:
    body = bodies.payment(client, loan_id)
    refusals.expect("not_acceptable", client.post, "/payments", body, KEY, {"Accept": accept})
    problem_of(client.http.get(f"/loans/{loan_id}/balance", headers={"Accept": accept}), "not_acceptable")
    problem_of(client.http.get("/health/live", headers={"Accept": accept}), "not_acceptable")


@pytest.mark.parametrize(
    "accept",
    [
        "*/*",
        "application/json",
        "application/*",
        "text/html, */*;q=0.1",
        "APPLICATION/JSON",
        "application/json;charset=utf-8",
        "application/problem+json, application/json",
        "",
        "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2",
        "application/json;q=.8",
    ],
)
def test_an_accept_that_admits_json_passes(client: LedgerClient, loan_id: str, accept: str) -> None:
    assert client.http.get(f"/loans/{loan_id}/balance", headers={"Accept": accept}).status_code == 200


def test_repeated_accept_headers_are_read_as_one_list(server: RunningServer, client: LedgerClient, loan_id: str) -> None:
    both = [*headers(client), ("Accept", "text/html"), ("Accept", "application/json")]
    assert send(server, client, loan_id, both).status_code == 201
    problem_of(send(server, client, loan_id, [*headers(client), *[("Accept", "text/html")] * 2]), "not_acceptable")


def test_headers_that_are_too_large_are_refused(client: LedgerClient, loan_id: str, refusals: Refusals) -> None:
    body = bodies.payment(client, loan_id)
    refusals.expect("headers_too_large", client.post, "/payments", body, KEY, {"X-Padding": "x" * limits.HEADER_BYTES})
    refusals.expect(
        "headers_too_large", client.post, "/payments", body, KEY, {f"X-{number}": "x" * 20 for number in range(1_500)}
    )
    problem_of(client.http.get("/health/live", headers={"X-Padding": "x" * limits.HEADER_BYTES}), "headers_too_large")
    refusals.expect("uri_too_long", client.http.get, f"/health/live?{'x' * limits.HEADER_BYTES}")
    assert client.post("/payments", body, KEY, {"X-Padding": "x" * (limits.HEADER_BYTES - 4_096)}).status_code == 201


def test_no_answer_may_be_stored_or_sniffed(client: LedgerClient, loan_id: str) -> None:
    for response in (client.balance(loan_id), client.pay(loan_id, 1), client.pay(loan_id, "0"), client.get("/nowhere")):
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["x-content-type-options"] == "nosniff"
        assert "server" not in response.headers
