"""`hpts reconcile` recomputes balances, prints them for each tenant, and fails if one has drifted."""

import sqlite3
from contextlib import closing
from uuid import uuid4

from tests.unit.cli.conftest import Hpts, error_of


def test_reconcile_succeeds_on_an_empty_ledger(hpts: Hpts, empty_ledger: str) -> None:
    done = hpts("reconcile")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "no tenant" in done.stdout


def test_a_tenant_without_postings_is_an_error(hpts: Hpts, empty_ledger: str) -> None:
    code, line = error_of(hpts("reconcile", "--tenant", str(uuid4())))
    assert code == 1
    assert "no postings" in line


def test_a_ledger_that_agrees_is_printed_with_its_principal(hpts: Hpts, tenant_id: str) -> None:
    done = hpts("reconcile")
    assert (done.exit_code, done.stderr) == (0, "")
    (row,) = [line.split() for line in done.stdout.splitlines() if tenant_id in line]
    assert [cell for cell in row if cell != "│"] == [tenant_id, "ok", "ok", "0", "70000", "70000"]


def test_a_balance_that_has_drifted_makes_the_exit_code_1(hpts: Hpts, tenant_id: str, empty_ledger: str) -> None:
    with closing(sqlite3.connect(empty_ledger.removeprefix("sqlite:///"))) as database, database:
        database.execute("UPDATE loans SET principal_minor = principal_minor + 1")
    done = hpts("reconcile", "--tenant", tenant_id)
    assert done.exit_code == 1
    assert "drift" in done.stdout


def test_an_effective_date_can_be_chosen(hpts: Hpts, tenant_id: str) -> None:
    done = hpts("reconcile", "--as-of", "2020-01-31")
    assert done.exit_code == 0
    assert "As of 2020-01-31, in minor units" in done.stdout
    assert "70000" not in done.stdout
