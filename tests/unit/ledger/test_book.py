"""A posting is applied to the book completely or not at all; a tenant sees its own loans and entries only."""

import pytest

from app.ledger.book import NEAR_LIMIT_MINOR, ReversibleEntry
from app.ledger.decision import Decision
from app.ledger.entry import Line
from app.ledger.refusals import AmountOutOfRange, EntryNotFound, LoanNotFound
from tests.support.events import day, noon
from tests.unit.ledger.support import LOAN, OTHER_LOAN, OTHER_TENANT, TENANT, TRACE, book_of, entry_of, error, loan_account

LARGEST = 2**63 - 1
CLEARING = (TENANT, "1050", "USD", "SETTLED")
PRINCIPAL = (TENANT, "1100", "USD", "SETTLED")
INCOME = (TENANT, "4100", "USD", "SETTLED")


def transfer(debit: str, credit: str, amount_minor: int, on: int = 0, loan_id: str | None = None, number: int = 1) -> Decision:
    """An entry of two lines, of which those on the accounts of a loan are the loan's."""
    lines = [
        Line(debit, "DR", amount_minor, "USD", "SETTLED", loan_id if debit[:2] in ("11", "12", "13", "21") else None),
        Line(credit, "CR", amount_minor, "USD", "SETTLED", loan_id if credit[:2] in ("11", "12", "13", "21") else None),
    ]
    return Decision(entry_of(lines, day(on), number), {})


def test_a_loan_of_another_tenant_is_not_found_as_one_that_does_not_exist() -> None:
    book = book_of(loan_account(), loan_account(loan_id=OTHER_LOAN, tenant_id=OTHER_TENANT))
    assert book.loan(TENANT, LOAN).loan_id == LOAN
    with pytest.raises(LoanNotFound) as refused:
        book.loan(TENANT, OTHER_LOAN)
    assert refused.value.detail == f"no loan {OTHER_LOAN}; a disbursement opens a loan"
    assert refused.value.field_errors == error("/loan_id", "loan_not_found", refused.value.detail)


def test_a_loan_that_is_not_found_is_refused_under_the_name_that_the_request_gives_it() -> None:
    with pytest.raises(LoanNotFound) as refused:
        book_of().loan(TENANT, LOAN, "loan_id")
    assert [each.field for each in refused.value.field_errors] == ["loan_id"]


def test_an_entry_of_another_tenant_is_not_found_as_one_that_does_not_exist() -> None:
    recorded = ReversibleEntry("fee_assessed", day(0), [], None)
    book = book_of(entries={"entry-9": recorded})
    assert book.entry(TENANT, "entry-9") is recorded
    with pytest.raises(EntryNotFound) as refused:
        book.entry(OTHER_TENANT, "entry-9")
    assert refused.value.detail == "no journal entry entry-9"
    assert refused.value.field_errors == error("/reverses_entry_id", "entry_not_found", "no journal entry entry-9")


def test_a_posting_changes_totals_days_loans_and_the_list_of_entries() -> None:
    book = book_of(loan_account((-10, [100, 0, 0, 0])))
    book.totals[PRINCIPAL] = [100, 0]
    decision = transfer("1050", "1100", 30, on=-2, loan_id=LOAN)
    book.post(decision)
    assert book.posted == [decision.entry]
    assert book.totals == {PRINCIPAL: [100, 30], CLEARING: [30, 0]}
    assert book.account_days == {(PRINCIPAL, day(-2)): [0, 30], (CLEARING, day(-2)): [30, 0]}
    assert book.loans[TENANT, LOAN].balances == [70, 0, 0, 0]
    assert book.loans[TENANT, LOAN].written == {day(-2): [-30, 0, 0, 0]}
    assert (book.reversed, book.is_near_limit) == ({}, False)


def test_postings_of_one_day_add_up_and_those_of_other_days_are_kept_apart() -> None:
    book = book_of()
    for number, (on, amount_minor) in enumerate([(-2, 30), (-2, 5), (-1, 7)]):
        book.post(transfer("1050", "4100", amount_minor, on, number=number))
    assert book.totals == {CLEARING: [42, 0], INCOME: [0, 42]}
    assert {on: sides for (account, on), sides in book.account_days.items() if account == CLEARING} == {
        day(-2): [35, 0],
        day(-1): [7, 0],
    }


def test_a_loan_is_opened_with_its_first_posting() -> None:
    opened = loan_account()
    book = book_of()
    book.post(transfer("1100", "2000", 500, on=-10, loan_id=LOAN)._replace(opens=opened))
    assert book.loans == {(TENANT, LOAN): opened}
    assert opened.balances == [500, 0, 0, 0]


def test_an_earlier_posting_makes_the_loan_open_earlier_and_a_later_one_not_later() -> None:
    book = book_of(loan_account((-10, [100, 0, 0, 0])))
    book.post(transfer("1100", "2000", 500, on=-12, loan_id=LOAN))
    assert book.loan(TENANT, LOAN).opened_on == day(-12)
    book.post(transfer("1100", "2000", 500, on=-3, loan_id=LOAN, number=2))
    assert book.loan(TENANT, LOAN).opened_on == day(-12)


def test_a_posting_that_accrues_marks_each_of_its_loans() -> None:
    book = book_of(loan_account(), loan_account(loan_id=OTHER_LOAN))
    book.post(Decision(entry_of([], day(-1), 5), {}, accrues=[LOAN, OTHER_LOAN]))
    assert [loan.accruals for loan in book.loans.values()] == [{day(-1): "entry-5"}] * 2


def test_a_reversal_is_kept_with_the_entry_that_it_reverses() -> None:
    book = book_of()
    decision = transfer("4100", "1050", 5)
    book.post(decision._replace(entry=decision.entry._replace(reverses_entry_id="entry-0")))
    assert book.reversed == {(TENANT, "entry-0"): "entry-1"}


def test_an_entry_that_does_not_balance_is_never_applied() -> None:
    book = book_of()
    with pytest.raises(AssertionError, match=r"entry entry-1 does not balance"):
        book.post(Decision(entry_of([Line("1050", "DR", 5, "USD")], day(0)), {}))
    assert (book.posted, book.totals, book.account_days) == ([], {}, {})


def test_an_entry_that_leaves_a_balance_below_zero_is_never_applied() -> None:
    book = book_of(loan_account((-10, [100, 0, 0, 0])))
    with pytest.raises(AssertionError, match=r"entry entry-1 leaves a balance below zero"):
        book.post(transfer("1050", "1100", 101, loan_id=LOAN))
    assert (book.posted, book.totals, book.loans[TENANT, LOAN].balances) == ([], {}, [100, 0, 0, 0])


def test_a_posting_on_a_loan_that_was_neither_read_nor_opened_is_never_applied() -> None:
    book = book_of()
    with pytest.raises(AssertionError, match=f"loan {LOAN} was neither read nor opened"):
        book.post(transfer("1100", "2000", 5, loan_id=LOAN))
    assert (book.posted, book.totals) == ([], {})


@pytest.mark.parametrize(("debit", "credit", "account"), [("1050", "4100", "1050"), ("4100", "1050", "1050")])
def test_a_total_may_reach_the_largest_amount_and_not_exceed_it(debit: str, credit: str, account: str) -> None:
    book = book_of()
    book.totals[CLEARING] = [LARGEST - 5, LARGEST - 5]
    book.post(transfer(debit, credit, 5))
    with pytest.raises(AmountOutOfRange) as refused:
        book.post(transfer(debit, credit, 1, number=2))
    assert refused.value.detail.startswith(f"total of account {account}: {LARGEST + 1} is above the largest amount")
    assert len(book.posted) == 1
    assert sorted(book.totals[CLEARING]) == [LARGEST - 5, LARGEST]


def test_a_total_near_the_largest_amount_asks_for_the_batch_to_be_alone() -> None:
    assert NEAR_LIMIT_MINOR * 128 <= LARGEST < (NEAR_LIMIT_MINOR + 1) * 128
    book = book_of()
    book.post(transfer("1050", "4100", NEAR_LIMIT_MINOR))
    assert not book.is_near_limit
    book.post(transfer("1000", "4100", 1, number=2))
    assert book.is_near_limit


def test_a_posting_refused_for_its_total_asks_for_the_batch_to_be_alone() -> None:
    book = book_of()
    book.totals[CLEARING] = [LARGEST, 0]
    with pytest.raises(AmountOutOfRange):
        book.post(transfer("1050", "4100", 1))
    assert book.is_near_limit


def test_a_loans_exposure_may_reach_the_largest_amount_and_not_exceed_it() -> None:
    book = book_of(loan_account((-10, [LARGEST - 20, 5, 5, LARGEST])))
    book.post(transfer("1300", "4100", 10, loan_id=LOAN))
    with pytest.raises(AmountOutOfRange) as refused:
        book.post(transfer("1200", "4100", 1, loan_id=LOAN, number=2))
    assert refused.value.detail.startswith(f"exposure of loan {LOAN}: {LARGEST + 1} is above the largest amount")
    assert book.loans[TENANT, LOAN].balances == [LARGEST - 20, 5, 15, LARGEST]


def test_money_in_suspense_is_no_exposure() -> None:
    book = book_of(loan_account((-10, [LARGEST, 0, 0, 0])))
    book.post(transfer("1050", "2100", 9, loan_id=LOAN))
    assert book.loans[TENANT, LOAN].balances == [LARGEST, 0, 0, 9]


def test_the_exposure_is_bounded_on_every_date_from_the_postings_on() -> None:
    book = book_of(loan_account((-10, [LARGEST, 0, 0, 0]), (-5, [-LARGEST, 0, 0, 0])))
    with pytest.raises(AmountOutOfRange):
        book.post(transfer("1300", "4100", 1, on=-6, loan_id=LOAN))
    book.post(transfer("1300", "4100", 1, on=-5, loan_id=LOAN, number=2))


def test_the_exposure_of_a_loan_that_the_posting_opens_is_bounded_too() -> None:
    book = book_of()
    opened = loan_account((-10, [1, 0, 0, 0]))
    with pytest.raises(AmountOutOfRange):
        book.post(transfer("1100", "2000", LARGEST, loan_id=LOAN)._replace(opens=opened))
    assert book.loans == {}


def test_the_loans_left_below_zero_on_some_date_are_named_and_no_others() -> None:
    safe, spent = (
        loan_account((-10, [100, 0, 0, 0])),
        loan_account((-10, [100, 0, 0, 0]), (-3, [-70, 0, 0, 0]), loan_id=OTHER_LOAN),
    )
    book = book_of(safe, spent)
    lines = [Line("1100", "CR", 31, "USD", "SETTLED", loan_id) for loan_id in (LOAN, OTHER_LOAN)]
    assert book.overdrawn(entry_of(lines, day(-8))) == (OTHER_LOAN,)
    assert book.overdrawn(entry_of([line._replace(amount_minor=30) for line in lines], day(-8))) == ()
    assert book.overdrawn(entry_of([line._replace(amount_minor=101) for line in lines], day(-8))) == (LOAN, OTHER_LOAN)


def test_a_bucket_that_shrinks_is_held_against_its_own_balance() -> None:
    book = book_of(loan_account((-10, [100, 0, 1, 0])))
    shrinking_fees = entry_of(
        [Line("1100", "DR", 50, "USD", "SETTLED", LOAN), Line("1300", "CR", 2, "USD", "SETTLED", LOAN)], day(0)
    )
    assert book.overdrawn(shrinking_fees) == (LOAN,)


def test_the_context_of_a_posting_is_the_entrys() -> None:
    entry = transfer("1050", "4100", 1).entry
    assert (entry.correlation_id, entry.actor, entry.posted_at) == (TRACE, "teller", noon())
