"""kill -9 while postings run, and connections cut before the answer: all or nothing, and a retry always converges."""

import json
import os
import signal
from pathlib import Path
from typing import Final

from tests.service.concurrent_clients import Crowd
from tests.support import bodies, raw
from tests.support.books import Books
from tests.support.client import LedgerClient
from tests.support.server import RunningServer, running_server

KILLS: Final = 2
POSTINGS_BEFORE_A_KILL: Final = 40


def kill(server: RunningServer) -> None:
    """Master and workers at once, without a chance to clean up."""
    os.killpg(server.private.process.pid, signal.SIGKILL)
    server.private.process.wait(30)


def test_killed_while_postings_run_the_server_keeps_what_it_acknowledged_and_nothing_twice(
    database_url: str, tmp_path: Path
) -> None:
    crowd = Crowd()
    for number in range(KILLS):
        with running_server(database_url, tmp_path) as server:
            if number == 0:
                crowd.open_loans(server)
            with crowd.posting(server, POSTINGS_BEFORE_A_KILL):
                kill(server)
    assert crowd.refused == []
    with running_server(database_url, tmp_path) as server, server.client(crowd.tenant_id) as client, Books(database_url) as books:
        assert books.trial_balance(crowd.tenant_id) == 0
        answers = crowd.repeat_all(client)
        assert {key: answers[key] for key in crowd.acknowledged} == crowd.acknowledged
        entry_ids = [json.loads(answer)["journal_entry_id"] for answer in answers.values()]
        assert len(set(entry_ids)) == len(entry_ids) == len(crowd.sent)
        assert books.count("journal_entries", crowd.tenant_id) == len(crowd.sent) + len(crowd.loan_ids)
        principal = sum(int(client.balance(loan_id).json()["principal_outstanding_minor"]) for loan_id in crowd.loan_ids)
        assert principal == 1_000_000 * len(crowd.loan_ids) - len(crowd.sent)
        assert books.trial_balance(crowd.tenant_id) == 0
        assert client.reconciliation(as_of_date=bodies.day(1)).json()["ledger_integrity"]["status"] == "ok"


def test_a_connection_cut_before_the_answer_is_posted_once(server: RunningServer, client: LedgerClient, books: Books) -> None:
    loan_id = client.open_loan()
    body = bodies.payment(client, loan_id)
    for number in range(10):
        key = f"cut:{number:08}"
        headers = [("Authorization", f"Bearer {client.token}"), ("Content-Type", "application/json"), ("Idempotency-Key", key)]
        with raw.connect(server.url) as connection:
            connection.sendall(raw.request("POST", "/v1/payments", headers, json.dumps(body).encode()))
        response = client.post("/payments", body, key)
        while response.status_code == 409:
            response = client.post("/payments", body, key)
        assert response.status_code in (200, 201), response.text
        assert client.post("/payments", body, key).content == response.content
    assert books.count("journal_entries", client.tenant_id) == 11
    assert client.balance(loan_id).json()["principal_outstanding_minor"] == "999000"


def test_a_request_of_which_only_a_part_arrives_posts_nothing(server: RunningServer, client: LedgerClient, books: Books) -> None:
    loan_id = client.open_loan()
    body = bodies.payment(client, loan_id)
    headers = [
        ("Authorization", f"Bearer {client.token}"),
        ("Content-Type", "application/json"),
        ("Idempotency-Key", "half:00000001"),
    ]
    whole = raw.request("POST", "/v1/payments", headers, json.dumps(body).encode())
    for length in (20, len(whole) // 2, len(whole) - 1):
        with raw.connect(server.url) as connection:
            connection.sendall(whole[:length])
    assert client.post("/payments", body, "half:00000001").status_code == 201
    assert books.count("journal_entries", client.tenant_id) == 2
