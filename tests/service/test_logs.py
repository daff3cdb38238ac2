"""The log of real servers: every line is one JSON object of its schema, and none holds what a caller sent."""

import json
import os
import re
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import psutil
import pytest

from tests.service.hpts import hpts
from tests.support import raw
from tests.support.client import LedgerClient
from tests.support.databases import Databases
from tests.support.plain_sql import PlainSql
from tests.support.server import RunningServer, running_server
from tests.support.waiting import wait_until

NEEDLE: Final = "hunter2-needle"
"""Stands in the token, body, metadata, headers and query of every request that is sent here."""
SCHEMA: Final = json.loads((Path(__file__).parents[2] / "docs" / "log-line.schema.json").read_text())
VALIDATOR: Final = jsonschema_rs.Draft202012Validator(SCHEMA, validate_formats=True)
REFUSE_ENTRIES: Final = {
    "sqlite": "CREATE TRIGGER broken BEFORE INSERT ON journal_entries BEGIN SELECT RAISE(ABORT, 'broken'); END",
    "postgresql": "ALTER TABLE journal_entries ADD CONSTRAINT broken CHECK (false) NOT VALID",
}
LOSE_DAYS: Final = "ALTER TABLE loan_days RENAME TO lost_days"


class LoggedServer:
    def __init__(self, server: RunningServer) -> None:
        self.server = server

    def lines(self) -> list[Any]:
        """Every line so far, each checked; the last may still be under way."""
        text = self.server.private.log.read_bytes()
        lines = [json.loads(line) for line in text[: text.rfind(b"\n") + 1].splitlines()]
        for line in lines:
            VALIDATOR.validate(line)
        return lines

    def requests(self) -> list[Any]:
        return [line for line in self.lines() if line["logger"] == "hpts.access"]

    def tells(self, **members: Any) -> bool:
        """Whether some line has these members, or more than these in one."""
        return any(all(str(value) in str(line.get(name, "")) for name, value in members.items()) for line in self.lines())

    def holds_the_needle(self) -> bool:
        return NEEDLE in self.server.private.log.read_text(errors="replace")


@pytest.fixture
def logged(database_url: str, tmp_path: Path) -> Iterator[LoggedServer]:
    """At the level that tells most."""
    with running_server(database_url, tmp_path, {"log_format": "json", "log_level": "debug"}) as server:
        yield LoggedServer(server)


@contextmanager
def client_of(server: RunningServer) -> Iterator[LedgerClient]:
    with server.client() as client:
        client.http.headers.update({"user-agent": NEEDLE, "x-trace-id": NEEDLE, "cookie": f"session={NEEDLE}"})
        yield client


def pay(client: LedgerClient, loan_id: str, **fields: Any) -> Any:
    return client.pay(loan_id, 100, f"{NEEDLE}:{loan_id}", **({"metadata": {"note": NEEDLE}} | fields))


def test_each_request_is_one_line_with_what_operators_need(logged: LoggedServer) -> None:
    with client_of(logged.server) as client:
        loan_id = client.open_loan()
        entry_id = pay(client, loan_id, external_ref=NEEDLE).json()["journal_entry_id"]
        assert client.get(f"/loans/{loan_id}/balance", as_of_date=NEEDLE).status_code == 400
        assert client.http.post("/payments", content=f'{{"{NEEDLE}": }}').status_code == 400
        assert client.http.get("/nowhere", params={"token": NEEDLE}).status_code == 404
        assert client.http.get("/loans", headers={"authorization": f"Bearer {NEEDLE}"}).status_code == 404
        tenant_id = client.tenant_id
    wait_until(lambda: logged.tells(path="/v1/loans"))
    payment = next(line for line in logged.requests() if line.get("entry_id") == entry_id)
    assert (payment["tenant"], payment["actor"], payment["client_address"]) == (tenant_id, "tests", "127.0.0.1")
    assert (payment["method"], payment["route"], payment["status"]) == ("POST", "/v1/payments", 201)
    assert logged.tells(route="/v1/loans/{loan_id}/balance", problem_code="validation_failed", status=400)
    assert logged.tells(path="/v1/nowhere", problem_code="not_found", status=404)
    assert not logged.holds_the_needle()


def test_attacks_make_no_line_of_their_own(logged: LoggedServer) -> None:
    url = logged.server.url
    attacks = [
        b"GET /v1/%0d%0a%7b%22level%22:1%7d%e2%80%a8?x=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        b"GET /" + b"a" * 30_000 + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        b"GET /\x1b[31m\x00\x85 HTTP/1.1\r\nHost: a\r\n\r\n",
        b'{"time": "forged"}\r\n\r\n',
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"\x00" * 10 + b"\r\n\r\n",
        f"GET /v1/loans?token={NEEDLE} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {NEEDLE}\r\n\r\n".encode(),
    ]
    for attack in attacks:
        with raw.connect(url) as connection, suppress(OSError):
            connection.sendall(attack)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65_536):
                pass
    wait_until(lambda: logged.tells(path="/v1/loans", status=404))
    assert max(len(line) for line in logged.server.private.log.read_bytes().splitlines()) < 4096
    assert not any("forged" in str(line) for line in logged.lines())
    assert not logged.holds_the_needle()


def test_errors_of_the_database_are_told_without_the_rows_they_quote(
    logged: LoggedServer, database_url: str, engine_name: str
) -> None:
    sql = PlainSql(database_url, engine_name)
    with client_of(logged.server) as client:
        loan_id = client.open_loan()
        sql.run(REFUSE_ENTRIES[engine_name])
        sql.commit()
        assert pay(client, loan_id).status_code == 500
        sql.run(LOSE_DAYS)
        sql.commit()
        assert client.get(f"/loans/{loan_id}/balance", as_of_date="2001-01-01").status_code == 500
    sql.close()
    wait_until(lambda: logged.tells(message="request failed", exception="broken"))
    assert logged.tells(message="posting failed", exception="broken")
    assert logged.tells(message="request failed", exception="loan_days")
    assert not logged.holds_the_needle()


def test_a_worker_that_is_killed_and_one_that_stops_are_told_in_json(databases: Databases, tmp_path: Path) -> None:
    settings = {"log_format": "json", "log_level": "info", "workers": "2"}
    with databases.fresh("postgresql") as url, running_server(url, tmp_path, settings) as server:
        logged = LoggedServer(server)
        worker = psutil.Process(server.private.process.pid).children()[0]
        os.kill(worker.pid, signal.SIGKILL)
        wait_until(lambda: logged.tells(logger="gunicorn.error", message="SIGKILL"))
    assert logged.tells(logger="hpts.serve", message="HPTS serves")


@pytest.mark.parametrize(
    ("variables", "code", "told"),
    [
        ({"HPTS_PORT": "nonsense"}, 2, "HPTS_PORT"),
        ({"HPTS_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/x"}, 1, "127.0.0.1"),
    ],
)
def test_a_start_that_fails_says_why_in_json(variables: dict[str, str], code: int, told: str, server: RunningServer) -> None:
    done = hpts(server, "serve", variables={"HPTS_LOG_FORMAT": "json"} | variables)
    assert (done.returncode, done.stdout) == (code, "")
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    for line in lines:
        VALIDATOR.validate(line)
    assert re.search(told, lines[-1]["message"])


def test_text_tells_the_same_of_a_request(databases: Databases, tmp_path: Path) -> None:
    with databases.fresh("sqlite") as url, running_server(url, tmp_path, {"log_level": "info"}) as server:
        with client_of(server) as client:
            client.open_loan()
        pattern = r"(?m)^\S+Z INFO hpts\.access method=POST status=201 ms=[0-9.]+ trace_id=[0-9a-f]{32} route=/v1/disbursements "
        pattern += r"client_address=127\.0\.0\.1 tenant=[0-9a-f-]{36} actor=tests entry_id=[0-9a-f-]{36}$"
        wait_until(lambda: re.search(pattern, server.private.log.read_text()) is not None)
        assert not LoggedServer(server).holds_the_needle()
