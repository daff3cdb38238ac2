"""SIGKILL while postings run, and connections closed before the answer: a posting is complete or absent, and a retry succeeds."""

import json
import os
import signal
from pathlib import Path
from typing import Final

from tests.service.concurrent_clients import ConcurrentClients
from tests.support import bodies, raw
from tests.support.books import Books
from tests.support.client import LedgerClient
from tests.support.server import RunningServer, running_server
from tests.support.waiting import HANG_SECONDS

KILLS: Final = 2
POSTINGS_BEFORE_A_KILL: Final = 40


def kill(server: RunningServer) -> None:
    """Kills master and workers at once."""
    os.killpg(server.private.process.pid, signal.SIGKILL)
    server.private.process.wait(HANG_SECONDS)


def test_a_killed_server_keeps_every_acknowledged_posting_once(database_url: str, tmp_path: Path) -> None:
    clients = ConcurrentClients()
    for number in range(KILLS):
        with running_server(database_url, tmp_path) as server:
            if number == 0:
                clients.open_loans(server)
            with clients.posting(server, POSTINGS_BEFORE_A_KILL):
                kill(server)
    assert clients.refused == []
    with (
        running_server(database_url, tmp_path) as server,
        server.client(clients.tenant_id) as client,
        Books(database_url) as books,
    ):
        assert books.trial_balance(clients.tenant_id) == 0
        answers = clients.repeat_all(client)
        assert {key: answers[key] for key in clients.acknowledged} == clients.acknowledged
        entry_ids = [json.loads(answer)["journal_entry_id"] for answer in answers.values()]
        assert len(set(entry_ids)) == len(entry_ids) == len(clients.sent)
        assert books.count("journal_entries", clients.tenant_id) == len(clients.sent) + len(clients.loan_ids)
        principal = sum(int(client.balance(loan_id).json()["principal_outstanding_minor"]) for loan_id in clients.loan_ids)
        assert principal == 1_000_000 * len(clients.loan_ids) - len(clients.sent)
        assert books.trial_balance(clients.tenant_id) == 0
        assert client.reconciliation(as_of_date=bodies.day(1)).json()["ledger_integrity"]["status"] == "ok"


def test_a_posting_whose_connection_closes_before_the_answer_is_posted_once(
    server: RunningServer, client: LedgerClient, books: Books
) -> None:
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


def test_a_request_that_arrives_in_part_posts_nothing(server: RunningServer, client: LedgerClient, books: Books) -> None:
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
