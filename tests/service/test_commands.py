"""`hpts reconcile` and `hpts verify` on a ledger in use: all is well, until somebody tampers with a row."""

import sqlite3

import psycopg
import pytest

from tests.service.hpts import hpts
from tests.support.client import LedgerClient
from tests.support.server import RunningServer

COMMANDS = ["reconcile", "verify"]


def _tamper(server: RunningServer, loan_id: str) -> None:
    """Adds one cent behind the application's back, as the owner of the database can."""
    statement = f"UPDATE loans SET principal_minor = principal_minor + 1 WHERE loan_id = '{loan_id}'"
    if server.private.settings.on_sqlite:
        database = sqlite3.connect(server.database_url.removeprefix("sqlite:///"), timeout=30)
        with database:
            database.execute(statement)
        database.close()
        return
    with psycopg.connect(server.database_url) as connection:
        connection.execute(statement.encode())


@pytest.mark.parametrize("command", COMMANDS)
def test_a_sound_ledger_is_said_to_be_so(server: RunningServer, client: LedgerClient, command: str) -> None:
    client.pay(client.open_loan())
    done = hpts(server, command, "--tenant", client.tenant_id)
    assert (done.returncode, done.stderr) == (0, "")
    assert client.tenant_id in done.stdout


@pytest.mark.parametrize(("command", "said"), [("reconcile", "drift"), ("verify", "PRINCIPAL")])
def test_one_cent_of_drift_is_found_and_is_an_exit_code(
    server: RunningServer, client: LedgerClient, command: str, said: str
) -> None:
    _tamper(server, client.open_loan())
    done = hpts(server, command, "--tenant", client.tenant_id)
    assert done.returncode == 1
    assert said in done.stdout


def test_another_tenant_s_drift_is_not_this_one_s(server: RunningServer, client: LedgerClient) -> None:
    _tamper(server, client.open_loan())
    with server.client() as other:
        other.open_loan()
        assert hpts(server, "verify", "--tenant", other.tenant_id).returncode == 0
