"""GET /reconciliation/status, `hpts reconcile` and `hpts verify` recompute from the journal; a row changed with SQL is drift."""

from datetime import date
from typing import Any, Final

import pytest

from tests.service.hpts import hpts
from tests.support.bodies import day
from tests.support.books import Books
from tests.support.client import LedgerClient, today
from tests.support.server import RunningServer


@pytest.fixture
def loan_id(client: LedgerClient) -> str:
    """A loan with a disbursement, a fee, an accrual and a payment."""
    loan_id = client.open_loan(1_000_000, day(-5))
    assert client.fee(loan_id, 500, effective_at=day(-4)).status_code == 201
    assert client.accrue({loan_id: (1_000_000, 10_000)}, accrual_date=day(-3)).status_code == 201
    assert client.pay(loan_id, 88_849, effective_at=day(-2)).status_code == 201
    return loan_id


def status(client: LedgerClient, **parameters: str) -> tuple[str, int, str]:
    """Integrity, mismatched accounts, and roll-up."""
    answer = client.reconciliation(**parameters).json()
    integrity = answer["ledger_integrity"]
    return integrity["status"], integrity["mismatched_account_count"], answer["portfolio_rollup"]["status"]


def test_books_without_drift_are_ok(client: LedgerClient, loan_id: str) -> None:
    answer = client.reconciliation().json()
    checked_at = answer["ledger_integrity"].pop("checked_at")
    assert date.fromisoformat(checked_at[:10]).isoformat() == today()
    assert answer == {
        "as_of_date": today(),
        "ledger_integrity": {"status": "ok", "mismatched_account_count": 0},
        "bank_reconciliation": [],
        "portfolio_rollup": {"status": "ok", "gl_principal_minor": "921651", "sum_of_loan_balances_minor": "921651"},
    }


def test_a_tenant_without_postings_is_ok(client: LedgerClient) -> None:
    answer = client.reconciliation().json()
    assert answer["portfolio_rollup"] == {"status": "ok", "gl_principal_minor": "0", "sum_of_loan_balances_minor": "0"}


def test_the_roll_up_is_as_of_the_date_asked_for(client: LedgerClient, loan_id: str) -> None:
    for as_of_date, principal in (
        (day(-6), "0"),
        (day(-5), "1000000"),
        (day(-3), "1000000"),
        (day(-2), "921651"),
        ("9999-12-31", "921651"),
        ("0001-01-01", "0"),
    ):
        answer = client.reconciliation(as_of_date=as_of_date).json()
        assert (answer["as_of_date"], answer["portfolio_rollup"]["gl_principal_minor"]) == (as_of_date, principal)
        assert answer["portfolio_rollup"]["sum_of_loan_balances_minor"] == principal


def test_the_status_is_of_the_journal_as_it_is_now(client: LedgerClient, server: RunningServer, loan_id: str) -> None:
    """Whether somebody asked before or the command has kept a run: a back-dated posting shows from its date on."""
    first = client.reconciliation().json()
    assert client.reconciliation(as_of_date=day(-1)).json()["portfolio_rollup"]["gl_principal_minor"] == "921651"
    assert hpts(server, "reconcile", "--tenant", client.tenant_id).returncode == 0
    client.pay(loan_id, 1_651, effective_at=day(-2))
    for as_of_date in (day(-2), day(-1), today()):
        assert client.reconciliation(as_of_date=as_of_date).json()["portfolio_rollup"]["gl_principal_minor"] == "920000"
    assert client.reconciliation().json()["ledger_integrity"]["checked_at"] > first["ledger_integrity"]["checked_at"]


def test_several_currencies_are_compared_one_by_one(client: LedgerClient, loan_id: str, books: Books) -> None:
    client.disburse(amount_minor=7, currency="EUR")
    assert client.reconciliation(as_of_date=day(-1)).json()["portfolio_rollup"] == {"status": "ok"}
    books.run("UPDATE loans SET principal_minor = principal_minor + 1 WHERE tenant_id = ? AND currency = 'EUR'", client.tenant_id)
    assert status(client)[2] == "drift_detected"


TAMPERED: Final[dict[str, tuple[str, str]]] = {
    "loan_balance": ("loans", "UPDATE loans SET principal_minor = principal_minor + 1"),
    "interest_of_a_loan": ("loans", "UPDATE loans SET interest_minor = interest_minor + 1"),
    "suspense_of_a_loan": ("loans", "UPDATE loans SET suspense_minor = suspense_minor + 1"),
    "day_of_a_loan": ("loan_days", "UPDATE loan_days SET fees_minor = fees_minor + 1"),
    "loan_gone": ("loans", "DELETE FROM loans"),
    "days_of_a_loan_gone": ("loan_days", "DELETE FROM loan_days"),
    "account_total": ("account_totals", "UPDATE account_totals SET dr_minor = dr_minor + 1"),
    "account_gone": ("account_totals", "DELETE FROM account_totals"),
    "account_day": ("account_days", "UPDATE account_days SET cr_minor = cr_minor + 1"),
    "line_amount": ("journal_lines", "UPDATE journal_lines SET amount_minor = amount_minor + 1"),
    "line_account": ("journal_lines", "UPDATE journal_lines SET account_code = '1300'"),
    "line_direction": ("journal_lines", "UPDATE journal_lines SET direction = CASE direction WHEN 'DR' THEN 'CR' ELSE 'DR' END"),
    "line_currency": ("journal_lines", "UPDATE journal_lines SET currency = 'EUR'"),
    "line_layer": ("journal_lines", "UPDATE journal_lines SET layer = 'PENDING'"),
    "line_loan": ("journal_lines", "UPDATE journal_lines SET loan_id = borrower_id"),
    "line_date": ("journal_lines", "UPDATE journal_lines SET effective_at = '2020-01-01'"),
    "lines_gone": ("journal_lines", "DELETE FROM journal_lines"),
    "entry_date": ("journal_entries", "UPDATE journal_entries SET effective_at = '2020-01-01'"),
    "entry_line_count": ("journal_entries", "UPDATE journal_entries SET line_count = line_count + 1"),
    "entry_gone": ("journal_entries", "DELETE FROM journal_entries"),
}


def tamper(books: Books, client: LedgerClient, how: str) -> None:
    table, statement = TAMPERED[how]
    with books.undefended(table):
        books.run(f"{statement} WHERE tenant_id = ?", client.tenant_id)


@pytest.mark.parametrize("how", TAMPERED)
def test_any_changed_row_is_drift(client: LedgerClient, loan_id: str, books: Books, how: str) -> None:
    assert status(client, as_of_date=day(-1)) == ("ok", 0, "ok")
    tamper(books, client, how)
    integrity, mismatched, _ = status(client)
    assert integrity == "drift_detected"
    assert mismatched > 0


@pytest.mark.parametrize("how", ["loan_balance", "account_total"])
def test_changed_principal_is_drift_of_the_roll_up(client: LedgerClient, loan_id: str, books: Books, how: str) -> None:
    tamper(books, client, how)
    assert status(client)[2] == "drift_detected"


def test_the_journal_is_append_only_again_after_tampering(client: LedgerClient, loan_id: str, books: Books) -> None:
    tamper(books, client, "line_amount")
    with pytest.raises(Exception, match="append-only"):
        books.run("UPDATE journal_lines SET amount_minor = 1 WHERE tenant_id = ?", client.tenant_id)


def test_drift_is_served_at_once(client: LedgerClient, server: RunningServer, loan_id: str, books: Books) -> None:
    assert status(client) == ("ok", 0, "ok")
    books.run("UPDATE loans SET principal_minor = principal_minor + 1 WHERE tenant_id = ?", client.tenant_id)
    assert status(client) == ("drift_detected", 1, "drift_detected")
    assert hpts(server, "reconcile", "--tenant", client.tenant_id).returncode == 1
    assert status(client) == ("drift_detected", 1, "drift_detected")
    answer: dict[str, Any] = client.reconciliation().json()
    assert answer["portfolio_rollup"]["gl_principal_minor"] == "921651"
    assert answer["portfolio_rollup"]["sum_of_loan_balances_minor"] == "921652"


def test_verify_prints_what_differs_and_stores_nothing(
    client: LedgerClient, server: RunningServer, loan_id: str, books: Books
) -> None:
    assert hpts(server, "verify", "--tenant", client.tenant_id).returncode == 0
    tamper(books, client, "interest_of_a_loan")
    done = hpts(server, "verify", "--tenant", client.tenant_id)
    assert (done.returncode, done.stderr) == (1, "")
    assert loan_id in done.stdout
    assert books.count("reconciliation_runs", client.tenant_id) == 0
