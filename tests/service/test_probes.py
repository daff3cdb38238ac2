"""The probes, and the service without its database: it answers `unavailable`, posts nothing, and recovers by itself."""

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import httpx
import pytest

from app.store.postgresql.connect import COMMAND_SECONDS
from tests.service.relay import Relay
from tests.support.books import Books
from tests.support.client import LedgerClient
from tests.support.databases import Databases
from tests.support.problems import problem_of
from tests.support.server import RunningServer, running_server
from tests.support.waiting import HANG_SECONDS, wait_until

OK: Final = {"status": "ok"}
CHECKS: Final = {"database": OK, "migrations": OK, "key_set": OK}
READY: Final = {"status": "ok", "checks": CHECKS}


@pytest.fixture(scope="module")
def relayed(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Relay, RunningServer]]:
    """A server that reaches its PostgreSQL database through a relay."""
    folder = tmp_path_factory.mktemp("relayed")
    with databases.fresh("postgresql") as url, Relay(url) as relay, running_server(relay.url, folder) as server:
        yield relay, server


def anonymous(server: RunningServer, path: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
    return httpx.get(f"{server.url}/v1{path}", headers=headers, timeout=HANG_SECONDS, trust_env=False)


def test_the_probes_need_no_token(server: RunningServer) -> None:
    live = anonymous(server, "/health/live")
    assert live.status_code == 200
    assert live.json().keys() == {"status", "version", "git_sha"}
    assert live.json()["status"] == "ok"
    wait_until(lambda: anonymous(server, "/health/ready").json() == READY)


def test_the_probes_ignore_query_parameters_and_credentials(server: RunningServer) -> None:
    assert anonymous(server, "/health/live?x=1").status_code == 200
    headers = {"Authorization": "Bearer x"}
    assert anonymous(server, "/health/ready", headers).status_code == 200


def is_unavailable(ready: httpx.Response) -> bool:
    document = ready.json()
    assert (document["status"] == "ok") == (ready.status_code == 200)
    if ready.status_code != 503:
        return False
    assert int(ready.headers["retry-after"]) >= 1
    assert document["checks"]["database"] == {"status": "unavailable", "detail": "the database does not answer"}
    return bool(document["status"] == "unavailable")


def assert_everything_unavailable(client: LedgerClient, loan_id: str, key: str) -> None:
    for response in (client.pay(loan_id, 100, key), client.balance(loan_id), client.reconciliation()):
        problem_of(response, "unavailable")
        assert int(response.headers["retry-after"]) >= 1


def test_the_service_is_unavailable_without_its_database_and_recovers(relayed: tuple[Relay, RunningServer]) -> None:
    relay, server = relayed
    with server.client() as client:
        loan_id = client.open_loan(1_000)
        relay.cut()
        assert is_unavailable(anonymous(server, "/health/ready"))
        assert anonymous(server, "/health/live").status_code == 200
        assert_everything_unavailable(client, loan_id, "gone:00000001")
        relay.mend()
        wait_until(lambda: anonymous(server, "/health/ready").status_code == 200)
        wait_until(lambda: client.pay(loan_id, 100, "gone:00000001").status_code in (200, 201))
        assert client.pay(loan_id, 100, "gone:00000002").status_code == 201
        assert client.balance(loan_id).json()["principal_outstanding_minor"] == "800"
        assert client.reconciliation().json()["ledger_integrity"]["status"] == "ok"
        with Books(relay.url) as books:
            assert books.count("journal_entries", client.tenant_id) == 3


def test_the_readiness_probe_answers_while_the_database_is_silent(relayed: tuple[Relay, RunningServer]) -> None:
    relay, server = relayed
    wait_until(lambda: anonymous(server, "/health/ready").json() == READY)
    relay.hold()
    try:
        asked_at = time.monotonic()
        assert is_unavailable(anonymous(server, "/health/ready"))
        assert time.monotonic() - asked_at < COMMAND_SECONDS, "the probe's own limit ends the wait, not that of the connection"
        assert anonymous(server, "/health/live").status_code == 200
    finally:
        relay.release()
    wait_until(lambda: anonymous(server, "/health/ready").json() == READY)


def test_the_first_requests_after_a_restart_of_the_database_find_new_connections(relayed: tuple[Relay, RunningServer]) -> None:
    relay, server = relayed
    wait_until(lambda: anonymous(server, "/health/ready").json() == READY)
    with server.client() as client:
        loan_id = client.open_loan(1_000)
        assert (client.balance(loan_id).status_code, client.account("1100").status_code) == (200, 200)
        relay.cut()
        relay.mend()
        assert (client.balance(loan_id).status_code, client.account("1100").status_code) == (200, 200)
        relay.cut()
        relay.mend()
        assert client.pay(loan_id, 100).status_code == 201
        assert anonymous(server, "/health/ready").json() == READY


def test_a_look_up_on_a_silent_connection_is_given_up_and_the_next_finds_a_new_one(relayed: tuple[Relay, RunningServer]) -> None:
    relay, server = relayed
    with server.client() as client:
        loan_id = client.open_loan(1_000)
        assert client.balance(loan_id).status_code == 200
        relay.hold()
        try:
            problem_of(client.balance(loan_id), "unavailable")
        finally:
            relay.release()
        assert client.balance(loan_id).status_code == 200


def test_a_database_that_is_not_migrated_is_not_ready(tmp_path: Path, sqlite_url: str) -> None:
    with running_server(sqlite_url, tmp_path) as server:
        with Books(sqlite_url) as books:
            wait_until(lambda: anonymous(server, "/health/ready").json() == READY)
            books.run("UPDATE alembic_version SET version_num = '0000'")
        ready = anonymous(server, "/health/ready")
        assert ready.status_code == 503
        checks = ready.json()["checks"]
        assert checks | {"migrations": None} == CHECKS | {"migrations": None}
        assert checks["migrations"]["status"] == "unavailable"
        assert "the schema 0000 is not known to this version" in checks["migrations"]["detail"]
