"""A key posts once: repeated, used for something else, sent many times at once, and sent to several servers of one database."""

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
from tests.support.bodies import Body, day
from tests.support.books import Books
from tests.support.client import LedgerClient, new_id
from tests.support.problems import problem_of
from tests.support.refusals import Refusals
from tests.support.server import RunningServer

KEY: Final = "payment:loan_42:proc_txn_abc123"
TWINS: Final = 64
PATIENCE_SECONDS: Final = 30


@pytest.fixture
def loan_id(client: LedgerClient) -> str:
    return client.open_loan(effective_at=day(-10))


def until_posted(send: Callable[[], httpx.Response]) -> httpx.Response:
    """Sends again while the first request with the key is under way, as a client should."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (response := send()).status_code == 409:
        problem_of(response, "idempotency_in_progress")
        assert int(response.headers["retry-after"]) >= 1
        assert time.monotonic() < deadline
    return response


@pytest.mark.parametrize("operation", ["payment", "disbursement", "accrual", "fee", "reversal"])
def test_a_repeated_posting_is_answered_byte_for_byte_and_posts_nothing(
    client: LedgerClient, loan_id: str, refused: Refusals, operation: str
) -> None:
    entry_id = client.pay(loan_id, 7).json()["journal_entry_id"]
    path, body = {
        "payment": ("/payments", bodies.payment(client, loan_id)),
        "disbursement": ("/disbursements", bodies.disbursement(client, loan_id)),
        "accrual": ("/accruals/batch", bodies.accrual(bodies.accrued_loan(loan_id, 999_993))),
        "fee": (f"/loans/{loan_id}/fees", bodies.fee()),
        "reversal": ("/reversals", bodies.reversal(entry_id)),
    }[operation]
    first = client.post(path, body, KEY)
    assert first.status_code == 201, first.text
    assert "idempotency-replayed" not in first.headers
    with refused.nothing_written():
        for _ in range(2):
            again = client.post(path, body, KEY)
            assert (again.status_code, again.headers["idempotency-replayed"]) == (200, "true")
            assert again.content == first.content


def test_a_replay_does_not_ask_whether_it_could_be_posted_now(client: LedgerClient, loan_id: str) -> None:
    body = bodies.payment(client, loan_id)
    first = client.post("/payments", body, KEY)
    client.reverse(first.json()["journal_entry_id"])
    client.pay(loan_id, 2_000_000)
    assert client.post("/payments", body, KEY).content == first.content


def test_another_payload_is_a_mismatch_in_whatever_it_differs(client: LedgerClient, loan_id: str, refused: Refusals) -> None:
    body = bodies.payment(client, loan_id, metadata={"a": "1"})
    assert client.post("/payments", body, KEY).status_code == 201
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
        refused("idempotency_mismatch", client.post, "/payments", bodies.changed(body, **change), KEY)


def test_another_operation_or_another_path_is_a_mismatch(client: LedgerClient, loan_id: str, refused: Refusals) -> None:
    other_id = client.open_loan()
    assert client.fee(loan_id, 5, KEY).status_code == 201
    refused("idempotency_mismatch", client.fee, other_id, 5, KEY)
    refused("idempotency_mismatch", client.disburse, loan_id, 5, KEY)
    refused("idempotency_mismatch", client.pay, loan_id, 5, KEY)
    refused("idempotency_mismatch", client.reverse, new_id(), KEY)


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


def test_a_refused_request_consumes_no_key(client: LedgerClient, loan_id: str, refused: Refusals) -> None:
    refused("amount_not_positive", client.pay, loan_id, "0", KEY)
    refused("validation_failed", client.pay, loan_id, "01", KEY)
    refused("loan_not_found", client.pay, new_id(), 5, KEY)
    refused("effective_date_in_future", client.pay, loan_id, 5, KEY, effective_at=bodies.too_far_ahead())
    assert client.pay(loan_id, 6, KEY).status_code == 201


def test_keys_are_told_apart_exactly(client: LedgerClient, loan_id: str) -> None:
    keys = ["abcdefgh", "ABCDEFGH", "abcdefg:", "abcdefg-", "abcdefg.", "abcdefg_", "abcdefghi", "0" * 8, "0" * 9, "a" * 255]
    assert [client.pay(loan_id, 1, key).status_code for key in keys] == [201] * len(keys)


def test_keys_are_per_tenant(client: LedgerClient, server: RunningServer) -> None:
    loan_id = new_id()
    with server.client() as other:
        mine = client.disburse(loan_id, 5, KEY)
        theirs = other.disburse(loan_id, 6, KEY)
    assert (mine.status_code, theirs.status_code) == (201, 201)
    assert mine.json()["journal_entry_id"] != theirs.json()["journal_entry_id"]


def test_twins_of_one_key_post_once_and_every_retry_converges(client: LedgerClient, books: Books, loan_id: str) -> None:
    body = bodies.payment(client, loan_id)
    with ThreadPoolExecutor(TWINS) as threads:
        answers = list(threads.map(lambda _: client.post("/payments", body, KEY), range(TWINS)))
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


def test_twins_with_different_payloads_post_one_of_them(client: LedgerClient, books: Books, loan_id: str) -> None:
    sent = [bodies.payment(client, loan_id, amount_minor=str(amount)) for amount in range(1, 17)]
    with ThreadPoolExecutor(len(sent)) as threads:
        answers = list(threads.map(lambda body: client.post("/payments", body, KEY), sent))
    assert sum(answer.status_code == 201 for answer in answers) == 1
    assert {answer.status_code for answer in answers} <= {201, 409, 422}
    assert books.count("journal_entries", client.tenant_id) == 2


def test_twins_at_several_servers_and_workers_post_once(two_servers: tuple[RunningServer, RunningServer]) -> None:
    tenant = str(uuid4())
    with ExitStack() as stack:
        clients = [stack.enter_context(two_servers[number % 2].client(tenant)) for number in range(8)]
        loan_id, borrower_id = new_id(), new_id()
        money = {"loan_id": loan_id, "borrower_id": borrower_id}
        assert clients[0].post("/disbursements", bodies.disbursement(clients[0], **money)).status_code == 201

        def both(number: int) -> set[bytes]:
            body: Body = bodies.payment(clients[0], loan_id, amount_minor="1", **money)
            client, key = clients[number % 8], f"twin:{number // 8:06}"
            response = until_posted(lambda: client.post("/payments", body, key))
            assert response.status_code in (200, 201), response.text
            return {response.content}

        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(both, range(8 * 20)))
        for start in range(0, len(answers), 8):
            assert len(set.union(*answers[start : start + 8])) == 1
        assert clients[1].balance(loan_id).json()["principal_outstanding_minor"] == "80"
        assert clients[0].reconciliation().json()["ledger_integrity"]["status"] == "ok"
