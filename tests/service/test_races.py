"""Concurrent requests under different keys that exclude each other: one is posted, and the others are refused with the reason."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Final

import httpx
import pytest

from tests.support.bodies import LARGEST, day
from tests.support.client import LedgerClient, new_id
from tests.support.problems import problem_of
from tests.support.server import RunningServer

RACERS: Final = 12
REPEATED: Final = 5
"""Who comes first at which server is chance; a fault shows in one race of several."""


def send_at_once(
    servers: Sequence[RunningServer], send: Callable[[LedgerClient, int], httpx.Response], first: LedgerClient
) -> list[httpx.Response]:
    """The answers to RACERS concurrent requests of one tenant, spread over the servers."""
    with ExitStack() as stack, ThreadPoolExecutor(RACERS) as threads:
        clients = [stack.enter_context(servers[number % len(servers)].client(first.tenant_id)) for number in range(RACERS)]
        return list(threads.map(lambda number: send(clients[number], number), range(RACERS)))


def assert_one_wins(answers: list[httpx.Response], code: str) -> httpx.Response:
    """Returns the one answer that was posted; all others must be refused with `code`."""
    [winner] = [answer for answer in answers if answer.status_code == 201]
    for loser in answers:
        if loser is not winner:
            problem_of(loser, code)
    return winner


class Race:
    """The races, each on the given servers."""

    def __init__(self, servers: Sequence[RunningServer], client: LedgerClient) -> None:
        self.servers = servers
        self.client = client

    def to_open_a_loan(self) -> None:
        loan_id = new_id()
        answers = send_at_once(self.servers, lambda client, _: client.disburse(loan_id, 100), self.client)
        assert_one_wins(answers, "borrower_mismatch")
        assert self.client.balance(loan_id).json()["principal_outstanding_minor"] == "100"

    def to_reverse_an_entry(self) -> None:
        entry_id = self.client.disburse(amount_minor=100).json()["journal_entry_id"]
        answers = send_at_once(self.servers, lambda client, _: client.reverse(entry_id), self.client)
        winner = assert_one_wins(answers, "already_reversed").json()
        assert self.client.get(f"/journal-entries/{entry_id}").json()["reversed_by_entry_id"] == winner["journal_entry_id"]

    def to_accrue_a_day(self) -> None:
        loan_ids = [self.client.open_loan(100) for _ in range(3)]
        batch = dict.fromkeys(loan_ids, (100, 5))
        assert_one_wins(send_at_once(self.servers, lambda client, _: client.accrue(batch), self.client), "duplicate_accrual")
        assert {self.client.balance(loan_id).json()["interest_receivable_minor"] for loan_id in loan_ids} == {"5"}

    def to_pay_what_is_owed(self) -> None:
        loan_id = self.client.open_loan(50, day(-3))
        borrower_id = self.client.borrower(loan_id)
        answers = send_at_once(
            self.servers,
            lambda client, number: client.pay(loan_id, 10, borrower_id=borrower_id, effective_at=day(-(number % 3))),
            self.client,
        )
        assert {answer.status_code for answer in answers} == {201}
        allocations = [answer.json()["allocation"] for answer in answers]
        assert sum(int(parts["principal_minor"]) for parts in allocations) == 50
        assert sum(int(parts["suspense_minor"]) for parts in allocations) == RACERS * 10 - 50
        assert self.client.balance(loan_id).json()["total_exposure_minor"] == "0"

    def to_the_largest_amount(self) -> None:
        """Several processes do not wait for each other's account totals: one may become too large, and then reads refuse it."""
        answers = send_at_once(self.servers, lambda client, _: client.disburse(amount_minor=LARGEST), self.client)
        posted = [answer for answer in answers if answer.status_code == 201]
        for answer in answers:
            if answer not in posted:
                problem_of(answer, "amount_out_of_range")
        assert 1 <= len(posted) <= (1 if len(self.servers) == 1 else RACERS)
        if len(posted) == 1:
            assert self.client.account("1100").json()["dr_balance_minor"] == str(LARGEST)
        else:
            problem_of(self.client.account("1100"), "amount_out_of_range")

    def to_reverse_what_is_being_paid(self) -> None:
        loan_id = self.client.open_loan(100)
        fee_id = self.client.fee(loan_id, 5).json()["journal_entry_id"]
        borrower_id = self.client.borrower(loan_id)
        answers = send_at_once(
            self.servers,
            lambda client, number: client.reverse(fee_id) if number == 5 else client.pay(loan_id, 1, borrower_id=borrower_id),
            self.client,
        )
        paid = sum(int(answer.json()["allocation"]["fees_minor"]) for number, answer in enumerate(answers) if number != 5)
        if answers[5].status_code == 201:
            assert paid == 0
        else:
            problem_of(answers[5], "reversal_blocked")
            assert paid == 5


RACES: Final = tuple(name for name in vars(Race) if name.startswith("to_"))


@pytest.mark.parametrize("race", RACES)
def test_a_race_at_one_server_has_one_outcome(server: RunningServer, client: LedgerClient, race: str) -> None:
    getattr(Race([server], client), race)()
    assert client.reconciliation().json()["ledger_integrity"]["status"] == "ok"


@pytest.mark.parametrize("race", RACES)
def test_a_race_at_several_servers_has_one_outcome(two_servers: tuple[RunningServer, RunningServer], race: str) -> None:
    for _ in range(REPEATED):
        with two_servers[0].client() as client:
            getattr(Race(two_servers, client), race)()
            assert client.reconciliation().json()["ledger_integrity"]["status"] == "ok"
