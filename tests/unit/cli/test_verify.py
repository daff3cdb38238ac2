"""`hpts verify` checks the journal and every balance, prints the differences, and fails if there is one."""

import sqlite3
from contextlib import closing
from uuid import uuid4

import pytest

from tests.unit.cli.conftest import Hpts, error_of

CHECKS = (
    "every entry is balanced and complete",
    "every entry is what its event posts",
    "every account equals its lines",
    "every loan equals its lines",
    "the trial balance is zero",
)


def test_verify_succeeds_on_an_empty_ledger(hpts: Hpts, empty_ledger: str) -> None:
    done = hpts("verify")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "no tenant" in done.stdout


def test_a_tenant_without_postings_is_an_error(hpts: Hpts, empty_ledger: str) -> None:
    code, line = error_of(hpts("verify", "--tenant", str(uuid4())))
    assert code == 1
    assert "no postings" in line


def test_every_check_of_a_correct_ledger_is_ok(hpts: Hpts, tenant_id: str) -> None:
    done = hpts("verify")
    assert (done.exit_code, done.stderr) == (0, "")
    assert f"Tenant {tenant_id}" in done.stdout
    assert [line.split("│")[2].strip() for line in done.stdout.splitlines() if any(name in line for name in CHECKS)] == ["ok"] * 5


@pytest.mark.parametrize(
    ("statement", "failed", "difference"),
    [
        ("UPDATE loans SET principal_minor = principal_minor + 1", 3, "principal_minor"),
        ("UPDATE account_totals SET dr_minor = dr_minor + 1", 2, "USD"),
    ],
)
def test_a_balance_that_differs_from_its_lines_is_printed(
    hpts: Hpts, tenant_id: str, empty_ledger: str, statement: str, failed: int, difference: str
) -> None:
    with closing(sqlite3.connect(empty_ledger.removeprefix("sqlite:///"))) as database, database:
        database.execute(statement)
    done = hpts("verify", "--tenant", tenant_id)
    assert done.exit_code == 1
    (row,) = [line for line in done.stdout.splitlines() if CHECKS[failed] in line]
    assert difference in row


def test_a_tenant_that_is_not_listed_is_found_and_checked(hpts: Hpts, tenant_id: str, empty_ledger: str) -> None:
    with closing(sqlite3.connect(empty_ledger.removeprefix("sqlite:///"))) as database, database:
        database.execute("DELETE FROM tenants")
        database.execute("UPDATE loans SET currency = 'EUR'")
    for arguments in ((), ("--tenant", tenant_id)):
        done = hpts("verify", *arguments)
        assert done.exit_code == 1
        assert "listed in the table of tenants" in " ".join(done.stdout.split())
        assert "currency=EUR" in done.stdout
        assert "What to do" in done.stdout
