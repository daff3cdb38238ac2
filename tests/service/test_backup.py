"""A backup that is taken while the service posts holds whatever was acknowledged before, and restores to the same answers."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from app.settings import PREFIX
from tests.service.concurrent_clients import ConcurrentClients
from tests.support import bodies
from tests.support.backups import path_with_client_programs
from tests.support.books import Books
from tests.support.databases import Databases
from tests.support.server import running_server
from tests.support.waiting import HANG_SECONDS

POSTINGS_BEFORE: Final = 60


def hpts_on(database_url: str, *arguments: str) -> str:
    """Standard output of a command that succeeds."""
    environment = {**os.environ, f"{PREFIX}DATABASE_URL": database_url, "PATH": path_with_client_programs()}
    command = [sys.executable, "-m", "app", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=HANG_SECONDS, check=False)
    assert (done.returncode, done.stderr) == (0, ""), f"{done.stdout}\n{done.stderr}"
    return done.stdout


def test_every_posting_that_was_acknowledged_before_is_in_the_backup_and_replays(
    engine_name: str, database_url: str, databases: Databases, tmp_path: Path
) -> None:
    clients, file = ConcurrentClients(), tmp_path / "a.backup"
    (tmp_path / "elsewhere").mkdir()
    with running_server(database_url, tmp_path) as server:
        clients.open_loans(server)
        with clients.posting(server, POSTINGS_BEFORE):
            before = dict(clients.acknowledged)
            hpts_on(database_url, "backup", str(file))
            assert len(clients.acknowledged) > len(before), "nothing was posted meanwhile, so that nothing was shown"
    assert clients.refused == []
    with databases.empty(engine_name) as elsewhere:
        hpts_on(elsewhere, "restore", str(file))
        with (
            running_server(elsewhere, tmp_path / "elsewhere") as restored,
            restored.client(clients.tenant_id) as client,
            Books(elsewhere) as books,
        ):
            keys = {key for (key,) in books.run("SELECT key FROM idempotency_keys WHERE tenant_id = ?", clients.tenant_id)}
            assert before.keys() <= keys, "a posting that was acknowledged before the backup began is not in it"
            assert books.count("journal_entries", clients.tenant_id) == len(keys)
            for key in sorted(clients.sent.keys() & keys):
                replay = client.post("/payments", clients.sent[key], key)
                assert replay.status_code == 200
                assert replay.content == clients.acknowledged.get(key, replay.content)
            for key in clients.sent.keys() - keys:
                assert client.post("/payments", clients.sent[key], key).status_code == 201, "what came later is new to the backup"
            assert books.trial_balance(clients.tenant_id) == 0
            assert client.reconciliation(as_of_date=bodies.day(1)).json()["ledger_integrity"]["status"] == "ok"
