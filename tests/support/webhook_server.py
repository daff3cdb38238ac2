"""A real server that delivers to receivers of the test, and `hpts deliver` beside it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.client import LedgerClient
from tests.support.recording_receiver import RecordingReceiver
from tests.support.server import RunningServer, running_server
from tests.support.waiting import HANG_SECONDS


@contextmanager
def delivering_server(database_url: str, folder: Path, *receivers: RecordingReceiver, **settings: str) -> Iterator[RunningServer]:
    hosts = ",".join(receiver.host_and_port for receiver in receivers)
    with running_server(database_url, folder, {"webhook_private_hosts": hosts, **settings}) as server:
        yield server


@contextmanager
def hpts_deliver(server: RunningServer, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """The command, with settings of the server and `more`; killed when the block ends, if it still runs."""
    settings = server.private.settings
    shared = {name: str(getattr(settings, name)) for name in ("database_url", "webhook_private_hosts", "jwks")}
    own = {f"HPTS_{name.upper()}": value for name, value in ({"log_level": "error"} | shared | more).items()}
    command = [sys.executable, "-m", "app", "deliver"]
    process = subprocess.Popen(command, env=os.environ | own, stderr=subprocess.PIPE)
    assert process.stderr is not None
    try:
        assert b"Delivering webhooks" in process.stderr.readline()
        yield process
    finally:
        process.kill()
        process.wait(HANG_SECONDS)
        process.stderr.close()


def new_endpoint(client: LedgerClient, receiver: RecordingReceiver, **fields: Any) -> str:
    """For what is posted from now on, unless `fields` say otherwise; returns its id."""
    answer = client.post("/webhook-endpoints", {"url": receiver.url, "starts": "now", **fields})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["webhook_endpoint_id"])


def endpoint_of(client: LedgerClient, endpoint_id: str) -> dict[str, Any]:
    shown: dict[str, Any] = client.get(f"/webhook-endpoints/{endpoint_id}").json()
    return shown
