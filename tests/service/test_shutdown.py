"""SIGTERM while postings run: every posting that was written is answered, and the process ends."""

import signal
from pathlib import Path

from tests.service.concurrent_clients import ConcurrentClients
from tests.support.books import Books
from tests.support.problems import problem_of
from tests.support.server import running_server
from tests.support.waiting import HANG_SECONDS


def test_every_posting_taken_in_is_answered_before_the_process_ends(database_url: str, tmp_path: Path) -> None:
    clients = ConcurrentClients()
    with running_server(database_url, tmp_path) as server:
        clients.open_loans(server)
        process = server.private.process
        with clients.posting(server, 30):
            process.send_signal(signal.SIGTERM)
            assert process.wait(HANG_SECONDS) == 0
    for response in clients.refused:
        problem_of(response, "overloaded")
    with Books(database_url) as books:
        posted = {key for (key,) in books.run("SELECT key FROM idempotency_keys WHERE tenant_id = ?", clients.tenant_id)}
        assert {key for key in posted if key.startswith("concurrent:")} == clients.acknowledged.keys()
        assert books.count("journal_entries", clients.tenant_id) == len(clients.acknowledged) + len(clients.loan_ids)
        assert books.trial_balance(clients.tenant_id) == 0
