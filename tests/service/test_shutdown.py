"""SIGTERM while postings run: whatever was posted is answered, whatever was not answered was not posted, and the process ends."""

import signal
from pathlib import Path

from tests.service.concurrent_clients import Crowd
from tests.support.books import Books
from tests.support.problems import problem_of
from tests.support.server import running_server


def test_every_posting_taken_in_is_answered_before_the_process_ends(database_url: str, tmp_path: Path) -> None:
    crowd = Crowd()
    with running_server(database_url, tmp_path) as server:
        crowd.open_loans(server)
        process = server.private.process
        with crowd.posting(server, 30):
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
    for response in crowd.refused:
        problem_of(response, "overloaded")
    with Books(database_url) as books:
        posted = {key for (key,) in books.run("SELECT key FROM idempotency_keys WHERE tenant_id = ?", crowd.tenant_id)}
        assert {key for key in posted if key.startswith("crowd:")} == crowd.acknowledged.keys()
        assert books.count("journal_entries", crowd.tenant_id) == len(crowd.acknowledged) + len(crowd.loan_ids)
        assert books.trial_balance(crowd.tenant_id) == 0
