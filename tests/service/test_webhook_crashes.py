"""SIGKILL of servers and of delivering processes while entries are posted and delivered: the set delivered is the set posted.

`HPTS_TEST_KILLS` says how many kills there are on each engine; `make fuzz` asks for many.
"""

import os
import random
import signal
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import psutil

from tests.service.concurrent_clients import ConcurrentClients
from tests.support.books import Books
from tests.support.recording_receiver import RecordingReceiver, recording_receiver
from tests.support.server import RunningServer
from tests.support.waiting import HANG_SECONDS, wait_until
from tests.support.webhook_server import delivering_server, endpoint_of, hpts_deliver, new_endpoint

KILLS: Final = int(os.environ.get("HPTS_TEST_KILLS", "4"))
DELIVERERS: Final = 3
ENDPOINTS: Final = 3
KILL_SECONDS: Final = 1.0
"""Between two kills of a delivering process, at most."""


def posted_entries(books: Books, tenant_id: str) -> set[str]:
    return {str(row[0]) for row in books.run("SELECT journal_entry_id FROM journal_entries WHERE tenant_id = ?", tenant_id)}


def assert_all_arrived(receiver: RecordingReceiver, posted: set[str]) -> None:
    """And repeats are the same bytes."""
    assert set(receiver.entry_ids) == posted
    assert len({(received.entry_id, received.body) for received in receiver.received}) == len(posted)


def test_delivering_processes_that_are_killed_lose_no_entry(database_url: str, tmp_path: Path) -> None:
    clients, chance = ConcurrentClients(), random.Random(KILLS)
    with (
        ExitStack() as running,
        recording_receiver() as receiver,
        delivering_server(database_url, tmp_path, receiver, delivery="off") as server,
        server.client(clients.tenant_id) as client,
        Books(database_url) as books,
    ):
        endpoint_ids = [new_endpoint(client, receiver, starts="beginning") for _ in range(ENDPOINTS)]
        clients.open_loans(server)
        deliverers: list[subprocess.Popen[bytes]] = [running.enter_context(hpts_deliver(server)) for _ in range(DELIVERERS)]
        for number in range(KILLS):
            with clients.posting(server, 20):
                time.sleep(chance.random() * KILL_SECONDS)
                deliverers[number % DELIVERERS].kill()
                deliverers[number % DELIVERERS] = running.enter_context(hpts_deliver(server))
        posted = posted_entries(books, clients.tenant_id)
        for endpoint_id in endpoint_ids:
            wait_until(lambda endpoint_id=endpoint_id: endpoint_of(client, endpoint_id)["delivered_count"] == len(posted))  # type: ignore[misc]
            assert endpoint_of(client, endpoint_id)["pending_count"] == 0
        assert_all_arrived(receiver, posted)
        assert len(receiver.received) >= ENDPOINTS * len(posted)


def test_servers_and_workers_that_are_killed_lose_no_entry(database_url: str, tmp_path: Path) -> None:
    clients = ConcurrentClients()
    with recording_receiver() as receiver, Books(database_url) as books:
        for kill in (kill_server, kill_worker, kill_server):
            with delivering_server(database_url, tmp_path, receiver) as server:
                if not clients.sent:
                    with server.client(clients.tenant_id) as client:
                        new_endpoint(client, receiver, starts="beginning")
                    clients.open_loans(server)
                arrived = len(receiver.received)
                with clients.posting(server, 40):
                    wait_until(lambda arrived=arrived: len(receiver.received) > arrived)  # type: ignore[misc]
                    kill(server)
        with delivering_server(database_url, tmp_path, receiver) as server, server.client(clients.tenant_id) as client:
            posted = posted_entries(books, clients.tenant_id)
            [shown] = client.get("/webhook-endpoints").json()["items"]
            endpoint_id = shown["webhook_endpoint_id"]
            wait_until(lambda: endpoint_of(client, endpoint_id)["delivered_count"] == len(posted))
            assert endpoint_of(client, endpoint_id)["pending_count"] == 0
    assert len(clients.acknowledged) >= 120
    assert_all_arrived(receiver, posted)


def kill_server(server: RunningServer) -> None:
    """Master, workers and the process that delivers, at once."""
    os.killpg(server.private.process.pid, signal.SIGKILL)
    server.private.process.wait(HANG_SECONDS)


def kill_worker(server: RunningServer) -> None:
    """The process that delivers is left to notice by itself; then the master too, which would start another worker."""
    [worker] = psutil.Process(server.private.process.pid).children()
    worker.kill()
    kill_server(server)
