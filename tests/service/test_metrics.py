"""Metrics of real servers: exact over all workers, through the end of one, and the same whichever worker answers."""

import asyncio
import os
import re
import signal
import socket
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, repeat
from pathlib import Path

import httpx
import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.dev.child_process import free_port
from tests.service.hpts import hpts
from tests.support.client import NO_TLS, LedgerClient
from tests.support.databases import Databases
from tests.support.plain_sql import PlainSql
from tests.support.recording_receiver import OK, Answering, Received, recording_receiver, status
from tests.support.server import RunningServer, running_server
from tests.support.waiting import HANG_SECONDS, wait_until
from tests.support.webhook_server import delivering_server, hpts_deliver, new_endpoint

AGES = re.compile(r"(?m)^hpts_\w+_age_seconds .*\n")
WORKERS = 3


class MeasuredServer:
    def __init__(self, server: RunningServer, port: int) -> None:
        self.server = server
        self.url = f"http://127.0.0.1:{port}/metrics"

    def text(self) -> str:
        """By a new connection, so that any worker may answer."""
        answer = httpx.get(self.url, timeout=HANG_SECONDS, verify=NO_TLS, trust_env=False)
        assert answer.status_code == 200
        return answer.text

    def samples(self) -> dict[tuple[str, ...], float]:
        families = text_string_to_metric_families(self.text())
        return {(each.name, *each.labels.values()): each.value for family in families for each in family.samples}

    def workers(self) -> list[int]:
        return [each.pid for each in psutil.Process(self.server.private.process.pid).children()]

    def kill_a_worker(self) -> None:
        before = self.workers()
        os.kill(before[0], signal.SIGKILL)
        wait_until(lambda: len(set(self.workers()) - {before[0]}) == len(before))


@pytest.fixture
def measured(databases: Databases, tmp_path: Path) -> Iterator[MeasuredServer]:
    port = free_port()
    settings = {"workers": str(WORKERS), "metrics_port": str(port), "response_validation": "compiled"}
    with databases.fresh("postgresql") as url, running_server(url, tmp_path, settings) as server:
        yield MeasuredServer(server, port)


def post_and_read(client: LedgerClient, times: int) -> Counter[tuple[str, str]]:
    """What was answered, by operation and status; a loan that is not there is asked for as well."""
    found: Counter[tuple[str, str]] = Counter()
    loan_id = client.open_loan()
    found["postDisbursement", "201"] += 1
    for _ in range(times):
        found["postPayment", str(client.pay(loan_id, 10).status_code)] += 1
        found["getLoanBalance", str(client.balance(loan_id).status_code)] += 1
        found["getLoanBalance", str(client.balance(client.tenant_id).status_code)] += 1
    return found


def load(server: RunningServer, clients: int, times: int) -> Counter[tuple[str, str]]:
    def one(_number: int) -> Counter[tuple[str, str]]:
        with server.client() as client:
            return post_and_read(client, times)

    with ThreadPoolExecutor(clients) as pool:
        return sum(pool.map(one, range(clients)), Counter[tuple[str, str]]())


def test_counts_are_exact_over_workers_and_through_the_end_of_one(measured: MeasuredServer) -> None:
    answered = load(measured.server, 6, 10)
    for _ in range(2):
        measured.kill_a_worker()
        answered += load(measured.server, 6, 10)
    told = measured.samples()
    for (operation, code), count in answered.items():
        assert told["hpts_requests_total", operation, code] == count
        assert told["hpts_request_seconds_count", operation, code] == count
    entries = answered["postDisbursement", "201"] + answered["postPayment", "201"]
    assert told["hpts_postings_total",] == told["hpts_batch_size_sum",] == entries
    assert told["hpts_refusals_total", "not_found"] == answered["getLoanBalance", "404"]
    assert len({AGES.sub("", measured.text()) for _ in range(6 * WORKERS)}) == 1


def test_what_was_answered_before_a_worker_was_killed_at_work_is_counted(measured: MeasuredServer) -> None:
    def post_until_lost(_number: int) -> int:
        with measured.server.client() as client:
            answered = 0
            try:
                while answered < 2_000:
                    assert client.disburse().status_code == 201
                    answered += 1
            except httpx.TransportError:
                return answered
        return answered

    with ThreadPoolExecutor(6) as pool:
        posting = [pool.submit(post_until_lost, number) for number in range(6)]
        wait_until(lambda: measured.samples().get(("hpts_postings_total",), 0) > 100)
        while not all(each.done() for each in posting):
            measured.kill_a_worker()
        answered = sum(each.result() for each in posting)
    sql = PlainSql(measured.server.database_url, "postgresql")
    [(posted,)] = sql.run("SELECT count(*) FROM journal_entries")
    sql.close()
    assert answered <= measured.samples()["hpts_postings_total",] <= posted


def test_what_stands_now_is_told_within_seconds(measured: MeasuredServer) -> None:
    with measured.server.client() as client:
        client.open_loan()
    assert hpts(measured.server, "reconcile").returncode == 0
    wait_until(lambda: ("hpts_reconciliation_age_seconds",) in measured.samples())
    told = measured.samples()
    assert (told["hpts_reconciliation_status",], told["hpts_reconciliation_findings",]) == (1, 0)
    assert told["hpts_queue_depth",] == 0
    wait_until(lambda: measured.samples().get(("hpts_pool_connections", "reads", "idle"), 0) >= 1)
    assert told["hpts_jwks_age_seconds",] < HANG_SECONDS


def test_errors_of_the_database_are_counted_by_their_code(databases: Databases, tmp_path: Path, engine_name: str) -> None:
    port = free_port()
    with (
        databases.fresh(engine_name) as url,
        running_server(url, tmp_path, {"metrics_port": str(port)}) as server,
        server.client() as client,
    ):
        loan_id = client.open_loan()
        sql = PlainSql(url, engine_name)
        sql.run("ALTER TABLE loan_days RENAME TO lost_days")
        sql.commit()
        sql.close()
        assert client.balance(loan_id, as_of_date="2001-01-01").status_code == 500
        labels = {"sqlite": ("SQLITE_ERROR", "sqlite"), "postgresql": ("42P01", "postgresql")}[engine_name]
        assert MeasuredServer(server, port).samples()["hpts_database_errors_total", *labels] == 1


def attempts(told: dict[tuple[str, ...], float]) -> dict[str, float]:
    return {labels[0]: value for (name, *labels), value in told.items() if name == "hpts_webhook_deliveries_total"}


def fails_first() -> Answering:
    """Answers 500 to the first request of all."""
    answers = chain([status(500)], repeat(OK))

    async def answer(received: Received, writer: asyncio.StreamWriter) -> None:
        await next(answers)(received, writer)

    return answer


def test_attempts_of_the_process_beside_a_worker_are_counted_through_the_end_of_the_worker(
    databases: Databases, tmp_path: Path
) -> None:
    port = free_port()
    with (
        databases.fresh("sqlite") as url,
        recording_receiver(fails_first()) as receiver,
        delivering_server(url, tmp_path, receiver, metrics_port=str(port)) as server,
        server.client() as client,
    ):
        measured = MeasuredServer(server, port)
        new_endpoint(client, receiver)
        for _ in range(8):
            client.open_loan()
        wait_until(lambda: attempts(measured.samples()) == {"delivered": 8, "failed": 1})
        wait_until(lambda: measured.samples()["hpts_outbox_lag_seconds",] == 0)
        measured.kill_a_worker()
        client.open_loan()
        wait_until(lambda: attempts(measured.samples()) == {"delivered": 9, "failed": 1})
    assert len(receiver.received) == 10


def test_a_process_that_delivers_by_itself_tells_its_attempts_at_a_port_of_its_own(databases: Databases, tmp_path: Path) -> None:
    port, own_port = free_port(), free_port()
    with (
        databases.fresh("postgresql") as url,
        recording_receiver(fails_first()) as receiver,
        delivering_server(url, tmp_path, receiver, metrics_port=str(port), delivery="off") as server,
        server.client() as client,
    ):
        measured = MeasuredServer(server, port)
        new_endpoint(client, receiver)
        for _ in range(8):
            client.open_loan()
        wait_until(lambda: measured.samples().get(("hpts_outbox_lag_seconds",), 0) > 0)
        with hpts_deliver(server, metrics_port=str(own_port), log_format="json", log_level="info"):
            own = MeasuredServer(server, own_port)
            wait_until(lambda: attempts(own.samples()) == {"delivered": 8, "failed": 1})
            for each in (own, measured):
                wait_until(lambda each=each: each.samples().get(("hpts_outbox_lag_seconds",)) == 0)  # type: ignore[misc]
        assert attempts(measured.samples()) == {}
        taken = hpts(server, "deliver", variables={"HPTS_METRICS_PORT": str(port)})
    assert (taken.returncode, f"metrics cannot be read at 127.0.0.1 port {port}" in taken.stderr) == (2, True)


def test_without_a_port_nobody_listens_and_a_taken_one_ends_the_start(server: RunningServer) -> None:
    process = psutil.Process(server.private.process.pid)
    listening = {
        each.laddr.port for child in process.children() for each in child.net_connections("tcp") if each.status == "LISTEN"
    }
    assert len(listening) == 1
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = hpts(server, "serve", variables={"HPTS_METRICS_PORT": port, "HPTS_PORT": str(free_port())})
    assert done.returncode == 1
    assert f"cannot listen on 127.0.0.1 port {port}" in done.stderr
    assert "HPTS_METRICS_PORT" in done.stderr
