"""A primary that turns read-only while its standby is promoted: 503 as long as nothing takes writes, and then service as before.

Connections to the old primary stay open, as they do when an address moves to another server; both servers are real.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest

from app.store.migrate import migrate_schema
from tests.service.relay import Relay
from tests.support.client import LedgerClient
from tests.support.postgres import PostgresUnavailable, primary_and_standby
from tests.support.problems import problem_of
from tests.support.server import RunningServer, running_server
from tests.support.waiting import HANG_SECONDS, wait_until


@pytest.fixture
def servers() -> Iterator[tuple[str, str]]:
    """The primary and its standby, each with the name of a database that the test makes."""
    with ExitStack() as stack:
        try:
            primary, standby = stack.enter_context(primary_and_standby())
        except PostgresUnavailable as missing:
            pytest.skip(str(missing))
        yield urlsplit(primary)._replace(path="/ledger").geturl(), urlsplit(standby)._replace(path="/ledger").geturl()


def run(url: str, *statements: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def ready(server: RunningServer) -> httpx.Response:
    return httpx.get(f"{server.url}/v1/health/ready", timeout=HANG_SECONDS, trust_env=False)


def assert_nothing_takes_writes(server: RunningServer, client: LedgerClient, loan_id: str) -> None:
    for response in (client.pay(loan_id, 100), client.pay(loan_id, 100), client.reverse(loan_id)):
        problem_of(response, "unavailable")
        assert int(response.headers["retry-after"]) >= 1
    answer = ready(server)
    assert answer.status_code == 503
    ok = {"status": "ok"}
    database = {"status": "unavailable", "detail": "the database takes no writes"}
    checks = {"database": database, "migrations": ok, "key_set": ok}
    assert answer.json() == {"status": "unavailable", "checks": checks}
    assert (client.balance(loan_id).status_code, client.account("1100").status_code) == (200, 200)


def test_a_failover_to_the_standby_is_over_when_it_is_promoted(servers: tuple[str, str], tmp_path: Path) -> None:
    primary, standby = servers
    run(primary.replace("/ledger", "/postgres"), "CREATE DATABASE ledger")
    migrate_schema(primary)
    with Relay(primary) as relay, running_server(relay.url, tmp_path) as server, server.client() as client:
        loan_id = client.open_loan(1_000)
        assert client.pay(loan_id, 100, "before:0001").status_code == 201
        assert (client.balance(loan_id).status_code, client.account("1100").status_code) == (200, 200)

        run(primary, "ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()")
        wait_until(lambda: ready(server).status_code == 503)
        assert_nothing_takes_writes(server, client, loan_id)

        position = run(primary, "SELECT pg_current_wal_lsn()")[0][0]
        wait_until(lambda: run(standby, f"SELECT pg_last_wal_replay_lsn() >= '{position}'") == [(True,)])
        relay.redirect(standby)
        assert run(relay.url, "SELECT pg_is_in_recovery()") == [(True,)]
        assert_nothing_takes_writes(server, client, loan_id)

        assert run(standby, "SELECT pg_promote()") == [(True,)]
        assert client.pay(loan_id, 100, "after:00001").status_code == 201, "the first request after the promotion"
        assert ready(server).status_code == 200
        assert client.pay(loan_id, 100, "before:0001").status_code == 200, "a replay of what the old primary has posted"
        assert client.balance(loan_id).json()["principal_outstanding_minor"] == "800"
        assert client.reconciliation().json()["ledger_integrity"]["status"] == "ok"
        old = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'hpts'"
        wait_until(lambda: run(primary, old) == [(0,)])
