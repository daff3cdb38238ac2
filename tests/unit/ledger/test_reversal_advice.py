"""What to do first where a reversal would leave a balance below zero: the entries that unblock it, or the date that does."""

from datetime import date

from app.ledger.reversal_advice import BucketLine, EntryToReverse, reversal_advice
from tests.support.events import day
from tests.unit.ledger.support import LOAN, OTHER_LOAN

FEES, PRINCIPAL = "1300", "1100"


def raised(entry_id: str, on: int, amount_minor: int, account_code: str = FEES, loan_id: str = LOAN) -> BucketLine:
    return BucketLine(loan_id, account_code, entry_id, "fee_assessed", day(on), "DR", amount_minor, True)


def lowered(entry_id: str, on: int, amount_minor: int, account_code: str = FEES, loan_id: str = LOAN) -> BucketLine:
    return BucketLine(loan_id, account_code, entry_id, "payment_received", day(on), "CR", amount_minor, True)


def entry(entry_id: str, on: int, loan_id: str = LOAN) -> EntryToReverse:
    return EntryToReverse(entry_id, "payment_received", day(on), loan_id)


def advised(*lines: BucketLine, on: int = 0) -> tuple[date, list[EntryToReverse]]:
    """For the reversal of entry-1."""
    advice = reversal_advice(lines, "entry-1", day(on))
    return advice.effective_at, list(advice.entries)


def test_the_payment_that_consumed_what_the_entry_added_is_reversed_on_its_own_date() -> None:
    assert advised(raised("entry-1", -5, 100), lowered("entry-2", -4, 100)) == (day(0), [entry("entry-2", -4)])


def test_a_payment_that_is_not_needed_is_not_named() -> None:
    lines = (raised("entry-1", -5, 100), lowered("entry-2", -4, 30), lowered("entry-3", -3, 60), raised("entry-4", -2, 40))
    assert advised(*lines) == (day(0), [entry("entry-3", -3)])


def test_of_equal_payments_the_newest_are_named_and_newest_first() -> None:
    lines = [raised("entry-1", -5, 100), *(lowered(f"entry-{number}", -4, 25) for number in (2, 3, 4, 5))]
    assert advised(*lines, raised("entry-6", -3, 50)) == (day(0), [entry("entry-5", -4), entry("entry-4", -4)])


def test_a_payment_in_another_bucket_does_not_count() -> None:
    lines = (raised("entry-1", -5, 100), lowered("entry-2", -4, 100), lowered("entry-3", -3, 100, PRINCIPAL))
    assert advised(*lines) == (day(0), [entry("entry-2", -4)])


def test_an_entry_that_consumed_though_it_was_posted_earlier_is_named() -> None:
    lines = (lowered("entry-0", -3, 50), raised("entry-1", -5, 50))
    assert advised(*lines) == (day(0), [entry("entry-0", -3)])


def test_what_was_reversed_at_a_later_date_can_only_be_waited_for() -> None:
    paid = lowered("entry-2", -4, 100)._replace(can_be_reversed=False)
    back = raised("entry-3", -2, 100)._replace(event_type="reversal", can_be_reversed=False)
    assert advised(raised("entry-1", -5, 100), paid, back, on=-5) == (day(-2), [])
    assert advised(raised("entry-1", -5, 100), paid, back, on=-3) == (day(-2), [])


def test_a_later_date_and_an_entry_can_both_be_needed() -> None:
    paid = lowered("entry-2", -4, 40)._replace(can_be_reversed=False)
    back = raised("entry-3", -2, 40)._replace(event_type="reversal", can_be_reversed=False)
    lines = (raised("entry-1", -5, 100), paid, back, lowered("entry-4", -1, 60))
    assert advised(*lines, on=-5) == (day(-2), [entry("entry-4", -1)])


def test_an_entry_of_an_earlier_date_is_named_if_it_is_the_only_one_that_gives_back() -> None:
    """A fee was paid, another is assessed, and the first one is reversed: the payment stands on the second fee since."""
    first = raised("entry-0", -9, 100)._replace(can_be_reversed=False)
    undone = lowered("entry-3", -2, 100)._replace(event_type="reversal", can_be_reversed=False)
    lines = (first, lowered("entry-2", -8, 100), raised("entry-1", -5, 100), undone)
    assert advised(*lines, on=-5) == (day(-5), [entry("entry-2", -8)])


def test_each_loan_has_its_own_shortage_and_one_date_holds_for_all() -> None:
    paid = lowered("entry-3", -4, 5, loan_id=OTHER_LOAN)._replace(can_be_reversed=False)
    back = raised("entry-4", -1, 5, loan_id=OTHER_LOAN)._replace(event_type="reversal", can_be_reversed=False)
    lines = (raised("entry-1", -5, 5), lowered("entry-2", -3, 5), raised("entry-1", -5, 5, loan_id=OTHER_LOAN), paid, back)
    assert advised(*lines, on=-5) == (day(-1), [entry("entry-2", -3)])


def test_several_lines_of_an_entry_on_one_bucket_count_together() -> None:
    lines = (raised("entry-1", -5, 100), lowered("entry-2", -4, 60), lowered("entry-2", -4, 40))
    assert advised(*lines) == (day(0), [entry("entry-2", -4)])


def test_a_loan_that_nothing_stands_in_the_way_of_any_more_is_told() -> None:
    advice = reversal_advice([raised("entry-1", -5, 100), raised("entry-1", -5, 1, loan_id=OTHER_LOAN)], "entry-1", day(0))
    assert advice == (day(0), [], frozenset({LOAN, OTHER_LOAN}))
