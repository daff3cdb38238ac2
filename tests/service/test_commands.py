"""`hpts reconcile` and `hpts verify` on a ledger in use: they pass, and find a row that was changed in the database."""

import sqlite3

import psycopg
import pytest

from tests.service.hpts import hpts
from tests.support.client import LedgerClient
from tests.support.server import RunningServer
from tests.support.waiting import HANG_SECONDS

COMMANDS = ["reconcile", "verify"]


def _tamper(server: RunningServer, loan_id: str) -> None:
    """Adds one cent to a balance directly in the database, as its owner can."""
    statement = f"UPDATE loans SET principal_minor = principal_minor + 1 WHERE loan_id = '{loan_id}'"
    if server.private.settings.on_sqlite:
        database = sqlite3.connect(server.database_url.removeprefix("sqlite:///"), timeout=HANG_SECONDS)
        with database:
            database.execute(statement)
        database.close()
        return
    with psycopg.connect(server.database_url) as connection:
        connection.execute(statement.encode())


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_succeed_on_a_correct_ledger(server: RunningServer, client: LedgerClient, command: str) -> None:
    client.pay(client.open_loan())
    done = hpts(server, command, "--tenant", client.tenant_id)
    assert (done.returncode, done.stderr) == (0, "")
    assert client.tenant_id in done.stdout


@pytest.mark.parametrize(("command", "said"), [("reconcile", "drift"), ("verify", "principal_minor")])
def test_one_cent_of_drift_is_reported_and_makes_the_exit_code_1(
    server: RunningServer, client: LedgerClient, command: str, said: str
) -> None:
    _tamper(server, client.open_loan())
    done = hpts(server, command, "--tenant", client.tenant_id)
    assert done.returncode == 1
    assert said in done.stdout


def test_the_drift_of_one_tenant_is_not_reported_for_another(server: RunningServer, client: LedgerClient) -> None:
    _tamper(server, client.open_loan())
    with server.client() as other:
        other.open_loan()
        assert hpts(server, "verify", "--tenant", other.tenant_id).returncode == 0
