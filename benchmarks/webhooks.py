"""Webhooks to a receiver on this machine: how soon a posting arrives, how many do a second, and what postings pay for it."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import httpx

from benchmarks import databases, load_history, servers
from benchmarks.bench import Bench, rates
from benchmarks.databases import Engine
from benchmarks.figures import Figure, at_least, within
from benchmarks.history import OPENED
from benchmarks.load import RATE
from benchmarks.loans import PAID, today
from benchmarks.wrk import InvalidRun, Run

POSTINGS_PER_SECOND: Final = 1_000
CONNECTIONS: Final = 32
DELIVERIES_PER_SECOND: Final = 1_500
SECRET_KEY: Final = "YmVuY2htYXJrIGtleSBiZW5jaG1hcmsga2V5IDAwMDE="
PER_SECOND: Final = "deliveries/s"
WAIT_SECONDS: Final = 300


@dataclass(frozen=True, slots=True)
class Receiving:
    """A server, and a receiver that its endpoints lead to."""

    bench: Bench
    server: servers.Server
    database_url: str
    receiver_url: str

    def call(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.bench.issuer.token}", "Idempotency-Key": str(uuid4())}
        answer = httpx.request(method, f"{self.server.base_url}{path}", json=body, headers=headers, timeout=60)
        return answer.raise_for_status().json()

    @contextmanager
    def endpoint(self, starts: str) -> Iterator[str]:
        """Disabled at the end."""
        endpoint_id = self.call("POST", "/webhook-endpoints", {"url": self.receiver_url, "starts": starts})["webhook_endpoint_id"]
        yield endpoint_id
        self.call("POST", f"/webhook-endpoints/{endpoint_id}/disable", {})

    def wait_until_delivered(self, endpoint_id: str) -> None:
        end = time.monotonic() + WAIT_SECONDS
        while self.call("GET", f"/webhook-endpoints/{endpoint_id}")["pending_count"]:
            if time.monotonic() > end:
                raise InvalidRun("the webhooks are not delivered")
            time.sleep(0.2)

    def arrivals(self) -> dict[str, float]:
        """Since the last time."""
        found: dict[str, float] = httpx.get(self.receiver_url, timeout=60).json()
        return found

    def paced_payments(self, seconds: int) -> float:
        """Postings a second, of POSTINGS_PER_SECOND that are asked for."""
        url, token = f"{self.server.base_url}/payments", self.bench.issuer.token
        arguments = [
            url,
            seconds,
            CONNECTIONS,
            uuid4().hex,
            len(PAID),
            today().isoformat(),
            token,
            f"{RATE}{POSTINGS_PER_SECOND}",
        ]
        command = [sys.executable, "-m", "benchmarks.load", "post_payments.lua", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60, check=True)
        run = json.loads(done.stdout.removeprefix("SUMMARY "))
        if run["refused"]:
            raise InvalidRun(f"{run['refused']} payments were refused")
        return float(run["requests"] / run["duration_us"] * 1e6)


@contextmanager
def receiving(bench: Bench, engine: Engine) -> Iterator[Receiving]:
    url = bench.databases.create(engine, "webhooks")
    servers.migrate(url)
    load_history.load(url, OPENED)
    databases.settle(url)
    port = servers.free_port()
    program = [sys.executable, "-m", "benchmarks.webhook_receiver", str(port)]
    settings = {"HPTS_SECRET_KEY": SECRET_KEY, "HPTS_WEBHOOK_PRIVATE_HOSTS": f"127.0.0.1:{port}"}
    process = subprocess.Popen(program)
    try:
        with servers.hpts("webhooks", databases.as_plain_login(url), bench.issuer, bench.folder, settings) as server:
            yield Receiving(bench, server, url, f"http://127.0.0.1:{port}")
    finally:
        process.kill()
        process.wait()


def measure(bench: Bench, engine: Engine, label: str) -> None:
    """Adds the figures of one engine."""
    with receiving(bench, engine) as receiver:
        _backlog(receiver, label)
        _first_attempts(receiver, label)
        _postings(receiver, label)


def _backlog(receiver: Receiving, label: str) -> None:
    """Deliveries a second of entries that lie ready."""
    found: list[float] = []
    for number in range(receiver.bench.rounds):
        with (
            receiver.bench.step(f"webhooks, {label}: a backlog, round {number + 1}"),
            receiver.endpoint("beginning") as endpoint_id,
        ):
            receiver.wait_until_delivered(endpoint_id)
            arrivals = receiver.arrivals()
            found.append(arrivals["count"] / arrivals["seconds"])
        receiver.bench.console.print(f"    {found[-1]:,.0f} {PER_SECOND}")
    value = sorted(found)[len(found) // 2]
    target = f"≥ {DELIVERIES_PER_SECOND:,} {PER_SECOND}"
    is_met = value >= DELIVERIES_PER_SECOND
    receiver.bench.figures.append(Figure(f"webhooks of a backlog, {label}", PER_SECOND, value, target, is_met, tuple(found)))


def _first_attempts(receiver: Receiving, label: str) -> None:
    """From posting to arrival, at a steady rate of postings."""
    found: list[float] = []
    for number in range(receiver.bench.rounds):
        with (
            receiver.bench.step(f"webhooks, {label}: first attempts, round {number + 1}"),
            receiver.endpoint("now") as endpoint_id,
        ):
            time.sleep(2)  # until its lease is taken
            receiver.arrivals()
            rate = receiver.paced_payments(receiver.bench.seconds)
            receiver.wait_until_delivered(endpoint_id)
            found.append(receiver.arrivals()["p99_ms"])
        receiver.bench.console.print(f"    p99 {found[-1]:,.0f} ms at {rate:,.0f} postings/s")
    receiver.bench.figures.append(
        within(f"webhook after its posting, p99, {POSTINGS_PER_SECOND:,} a second, {label}", "ms", found, 1_000)
    )


def _postings(receiver: Receiving, label: str) -> None:
    """As many postings as go, with an endpoint and without."""
    bench = receiver.bench

    def post(seconds: int) -> Run:
        return bench.counted_payments(receiver.server, receiver.database_url, seconds)

    def post_with_endpoint(seconds: int) -> Run:
        with receiver.endpoint("now") as endpoint_id:
            time.sleep(2)
            run = post(seconds)
            receiver.wait_until_delivered(endpoint_id)
        receiver.arrivals()
        return run

    runs = bench.contest("postings", {"one endpoint": post_with_endpoint, "no endpoint": post})
    ours, theirs = rates("one endpoint", runs["one endpoint"]), rates("no endpoint", runs["no endpoint"])
    bench.figures.append(at_least(f"POST /payments with one endpoint, {label}", "requests/s", ours, theirs, 0.95, "≥ 95 %"))
