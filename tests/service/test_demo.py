"""250 real loans: for every row the ledger says to the cent what their lender said."""

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
    return player.play(sample_loans(), step=lambda word: None)


def test_every_payment_is_allocated_as_the_lender_did(played: list[PlayedLoan]) -> None:
    assert len(played) == 250
    differing = [each for each in played if not each.allocation_matches]
    assert differing == []


def test_every_loan_owes_its_balance_column_and_nothing_else(played: list[PlayedLoan]) -> None:
    kept = [each for each in played if not each.loan.is_charged_off]
    assert len(kept) == 247
    assert {each.loan.row: each.principal_outstanding_minor for each in kept} == {
        each.loan.row: each.loan.balance_minor for each in kept
    }
    assert all(each.total_exposure_minor == each.principal_outstanding_minor for each in kept)


def test_a_loan_charged_off_still_owes_what_was_not_paid(played: list[PlayedLoan]) -> None:
    charged_off = [each for each in played if each.loan.is_charged_off]
    assert [each.loan.row for each in charged_off] == [388, 672, 1345]
    for each in charged_off:
        assert each.principal_outstanding_minor == each.loan.amount_minor - each.loan.paid_principal_minor
        assert each.loan.balance_minor == 0


def test_reconciliation_says_ok_with_the_sample_s_own_total(player: Player, played: list[PlayedLoan]) -> None:
    status = player.reconcile()
    assert everything_agrees(played, status)
    total = str(sum(each.loan.owed_principal_minor for each in played))
    assert status["portfolio_rollup"] == {"status": "ok", "gl_principal_minor": total, "sum_of_loan_balances_minor": total}
