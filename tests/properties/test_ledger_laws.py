"""The laws of the ledger hold for every history."""

from hypothesis import given, settings

from app.ledger.bucket import BUCKETS
from app.ledger.effects import effects, is_balanced
from tests.properties.histories import LOANS, MemoryLedger, Step, steps
from tests.support import oracle
from tests.support.examples import examples


def play(history: list[Step]) -> MemoryLedger:
    ledger = MemoryLedger()
    for step in history:
        ledger.post(ledger.event(step, ledger.posted_ids))
    return ledger


@given(steps)
@settings(max_examples=examples(150))
def test_debits_equal_credits_in_every_entry_and_over_all(history: list[Step]) -> None:
    posted = play(history).book.posted
    assert all(is_balanced(effects(entry)[0]) for entry in posted)
    assert oracle.net(posted) == 0


@given(steps)
@settings(max_examples=examples(300))
def test_no_balance_of_a_loan_is_negative_as_of_any_date(history: list[Step]) -> None:
    posted = play(history).book.posted
    for as_of in oracle.dates(posted):
        assert min(oracle.balances(posted, as_of).values(), default=0) >= 0


@given(steps)
@settings(max_examples=examples(150))
def test_a_loans_balances_are_the_fold_of_its_lines_as_of_every_date(history: list[Step]) -> None:
    book = play(history).book
    for as_of in oracle.dates(book.posted):
        folded = oracle.balances(book.posted, as_of)
        for (_, loan_id), loan in book.loans.items():
            for account_code, bucket in BUCKETS.items():
                assert loan.balance_as_of(as_of, bucket) == folded.get((loan_id, account_code), 0)


@given(steps)
@settings(max_examples=examples(100))
def test_reversing_everything_newest_first_leaves_every_balance_zero(history: list[Step]) -> None:
    ledger = play([step for step in history if step.verb != "reverse"])
    book = ledger.book
    for entry in reversed(list(book.posted)):
        step = Step("reverse", LOANS[0], 1, max(oracle.dates(book.posted)), 0)
        assert ledger.post(ledger.event(step, [entry.journal_entry_id])) == ("posted", None)
    assert all(loan.balances == [0, 0, 0, 0] for loan in book.loans.values())
