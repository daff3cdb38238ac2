"""The demo of 250 real loans: for every row the ledger agrees to the cent with what the lender reported."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from app.demo.loans import sample_loans
from app.demo.player import PlayedLoan, Player
from app.demo.report import everything_agrees
from tests.support.server import RunningServer


@pytest.fixture(scope="module")
def player(server: RunningServer) -> Iterator[Player]:
    with server.client() as client:
        yield Player(client.http, uuid4())


@pytest.fixture(scope="module")
def played(player: Player) -> list[PlayedLoan]:
    return player.play(sample_loans(), step=lambda phase: None)


def test_every_payment_is_allocated_as_the_lender_did(played: list[PlayedLoan]) -> None:
    assert len(played) == 250
    differing = [each for each in played if not each.allocation_matches]
    assert differing == []


def test_every_loan_that_is_not_charged_off_owes_exactly_its_balance_column(
    played: list[PlayedLoan],
) -> None:
    kept = [each for each in played if not each.loan.is_charged_off]
    assert len(kept) == 247
    assert {each.loan.row: each.principal_outstanding_minor for each in kept} == {
        each.loan.row: each.loan.balance_minor for each in kept
    }
    assert all(each.total_exposure_minor == each.principal_outstanding_minor for each in kept)


def test_a_charged_off_loan_still_owes_the_unpaid_principal(played: list[PlayedLoan]) -> None:
    charged_off = [each for each in played if each.loan.is_charged_off]
    assert [each.loan.row for each in charged_off] == [388, 672, 1345]
    for each in charged_off:
        assert each.principal_outstanding_minor == each.loan.amount_minor - each.loan.paid_principal_minor
        assert each.loan.balance_minor == 0


def test_reconciliation_is_ok_and_totals_the_unpaid_principal_of_the_sample(player: Player, played: list[PlayedLoan]) -> None:
    status = player.reconcile()
    assert everything_agrees(played, status)
    total = str(sum(each.loan.owed_principal_minor for each in played))
    assert status["portfolio_rollup"] == {"status": "ok", "gl_principal_minor": total, "sum_of_loan_balances_minor": total}
