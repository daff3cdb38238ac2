"""An idempotency key posts once: when repeated, used for another request, sent concurrently, and sent to several servers."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Final
from uuid import uuid4

import httpx
import pytest

from tests.support import bodies
from tests.support.bodies import day
from tests.support.books import Books
from tests.support.client import LedgerClient, new_id
from tests.support.postings import FEE, POSTINGS, Body, Posting
from tests.support.problems import problem_of
from tests.support.refusals import Refusals
from tests.support.server import RunningServer
from tests.support.waiting import HANG_SECONDS

KEY: Final = "payment:loan_42:proc_txn_abc123"
CONCURRENT: Final = 64


@pytest.fixture
def loan_id(client: LedgerClient) -> str:
    return client.open_loan(effective_at=day(-10))


def send_until_posted(send: Callable[[], httpx.Response]) -> httpx.Response:
    """Sends again as long as another request with the key is in progress."""
    deadline = time.monotonic() + HANG_SECONDS
    while (response := send()).status_code == 409:
        problem_of(response, "idempotency_in_progress")
        assert int(response.headers["retry-after"]) >= 1
        assert time.monotonic() < deadline
    return response


@pytest.mark.parametrize("posting", POSTINGS, ids=str)
def test_a_repeated_posting_is_answered_byte_for_byte_and_posts_nothing(
    client: LedgerClient, loan_id: str, refusals: Refusals, posting: Posting
) -> None:
    facts = client.facts_for(posting, loan_id)
    first = client.send(posting, facts, KEY)
    assert first.status_code == 201, first.text
    assert "idempotency-replayed" not in first.headers
    with refusals.nothing_written():
        for _ in range(2):
            again = client.send(posting, facts, KEY)
            assert (again.status_code, again.headers["idempotency-replayed"]) == (200, "true")
            assert again.content == first.content


def test_a_replay_is_answered_even_if_the_request_would_be_refused_now(client: LedgerClient, loan_id: str) -> None:
    body = bodies.payment(client, loan_id)
    first = client.post("/payments", body, KEY)
    client.reverse(first.json()["journal_entry_id"])
    client.pay(loan_id, 2_000_000)
    assert client.post("/payments", body, KEY).content == first.content


def test_a_payload_that_differs_in_any_member_is_a_mismatch(client: LedgerClient, loan_id: str, refusals: Refusals) -> None:
    body = bodies.payment(client, loan_id, metadata={"a": "1"})
    first = client.post("/payments", body, KEY)
    assert first.status_code == 201
    for change in (
        {"amount_minor": "101"},
        {"effective_at": day(-1)},
        {"source_method": "wire"},
        {"external_ref": "x"},
        {"metadata": {"a": "2"}},
        {"metadata": {"a": "1", "b": "2"}},
        {"metadata": bodies.OMITTED},
        {"loan_id": new_id()},
        {"borrower_id": new_id()},
        {"currency": "EUR"},
    ):
        refusals.expect("idempotency_mismatch", client.post, "/payments", bodies.replace_fields(body, **change), KEY)
    refused = client.pay(loan_id, 5, KEY).json()
    for text in (refused["detail"], refused["errors"][0]["message"]):
        assert first.json()["journal_entry_id"] in text


def test_another_operation_or_another_path_is_a_mismatch(client: LedgerClient, loan_id: str, refusals: Refusals) -> None:
    other_id = client.open_loan()
    assert client.fee(loan_id, 5, KEY).status_code == 201
    refusals.expect("idempotency_mismatch", client.fee, other_id, 5, KEY)
    for posting in POSTINGS:
        if posting is not FEE:
            refusals.expect("idempotency_mismatch", client.send, posting, client.facts(loan_id), KEY)


def test_key_order_and_white_space_do_not_matter(client: LedgerClient, loan_id: str) -> None:
    body = bodies.payment(client, loan_id, metadata={"a": "é", "b": "2"})
    first = client.post("/payments", body, KEY)
    turned = dict(reversed(body.items())) | {"metadata": {"b": "2", "a": "é"}}
    for text in (
        json.dumps(turned, indent=4),
        json.dumps(body, separators=(",", ":"), ensure_ascii=False),
        "\r\n\t " + json.dumps(turned) + "\n",
        json.dumps(body).replace("USD", "\\u0055SD"),
    ):
        headers = {"Idempotency-Key": KEY, "Content-Type": "application/json; charset=UTF-8"}
        again = client.http.post("/payments", content=text.encode(), headers=headers)
        assert (again.status_code, again.content) == (200, first.content)


def test_a_refused_request_consumes_no_key(client: LedgerClient, loan_id: str, refusals: Refusals) -> None:
    refusals.expect("amount_not_positive", client.pay, loan_id, "0", KEY)
    refusals.expect("validation_failed", client.pay, loan_id, "01", KEY)
    refusals.expect("loan_not_found", client.pay, new_id(), 5, KEY)
    refusals.expect("effective_date_in_future", client.pay, loan_id, 5, KEY, effective_at=bodies.too_far_ahead())
    assert client.pay(loan_id, 6, KEY).status_code == 201


def test_keys_are_compared_character_by_character(client: LedgerClient, loan_id: str) -> None:
    keys = ["abcdefgh", "ABCDEFGH", "abcdefg:", "abcdefg-", "abcdefg.", "abcdefg_", "abcdefghi", "0" * 8, "0" * 9, "a" * 255]
    assert [client.pay(loan_id, 1, key).status_code for key in keys] == [201] * len(keys)


def test_keys_are_per_tenant(client: LedgerClient, server: RunningServer) -> None:
    loan_id = new_id()
    with server.client() as other:
        mine = client.disburse(loan_id, 5, KEY)
        theirs = other.disburse(loan_id, 6, KEY)
    assert (mine.status_code, theirs.status_code) == (201, 201)
    assert mine.json()["journal_entry_id"] != theirs.json()["journal_entry_id"]


def test_concurrent_requests_with_one_key_post_once_and_a_retry_is_a_replay(
    client: LedgerClient, books: Books, loan_id: str
) -> None:
    body = bodies.payment(client, loan_id)
    with ThreadPoolExecutor(CONCURRENT) as threads:
        answers = list(threads.map(lambda _: client.post("/payments", body, KEY), range(CONCURRENT)))
    assert sorted({answer.status_code for answer in answers} - {200, 409}) == [201]
    assert sum(answer.status_code == 201 for answer in answers) == 1
    for answer in answers:
        if answer.status_code == 409:
            problem_of(answer, "idempotency_in_progress")
            assert int(answer.headers["retry-after"]) >= 1
    retried = client.post("/payments", body, KEY)
    assert retried.status_code == 200
    assert {answer.content for answer in answers if answer.status_code != 409} == {retried.content}
    assert books.count("journal_entries", client.tenant_id) == 2
    assert client.balance(loan_id).json()["principal_outstanding_minor"] == "999900"


def test_of_concurrent_requests_with_one_key_and_different_payloads_one_is_posted(
    client: LedgerClient, books: Books, loan_id: str
) -> None:
    sent = [bodies.payment(client, loan_id, amount_minor=str(amount)) for amount in range(1, 17)]
    with ThreadPoolExecutor(len(sent)) as threads:
        answers = list(threads.map(lambda body: client.post("/payments", body, KEY), sent))
    assert sum(answer.status_code == 201 for answer in answers) == 1
    assert {answer.status_code for answer in answers} <= {201, 409, 422}
    assert books.count("journal_entries", client.tenant_id) == 2


def test_concurrent_requests_with_one_key_at_several_servers_post_once(two_servers: tuple[RunningServer, RunningServer]) -> None:
    tenant = str(uuid4())
    with ExitStack() as stack:
        clients = [stack.enter_context(two_servers[number % 2].client(tenant)) for number in range(8)]
        loan_id, borrower_id = new_id(), new_id()
        money = {"loan_id": loan_id, "borrower_id": borrower_id}
        assert clients[0].post("/disbursements", bodies.disbursement(clients[0], **money)).status_code == 201

        def post_until_answered(number: int) -> set[bytes]:
            body: Body = bodies.payment(clients[0], loan_id, amount_minor="1", **money)
            client, key = clients[number % 8], f"concurrent:{number // 8:06}"
            response = send_until_posted(lambda: client.post("/payments", body, key))
            assert response.status_code in (200, 201), response.text
            return {response.content}

        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(post_until_answered, range(8 * 20)))
        for start in range(0, len(answers), 8):
            assert len(set.union(*answers[start : start + 8])) == 1
        assert clients[1].balance(loan_id).json()["principal_outstanding_minor"] == "80"
        assert clients[0].reconciliation().json()["ledger_integrity"]["status"] == "ok"
