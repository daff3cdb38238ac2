"""A blocked reversal names what to reverse first and on which date, a later date of its own, and how many are not named."""

from collections.abc import Sequence

from app.ledger.refusals import ReversalBlocked
from app.ledger.reversal_advice import BucketLine
from app.limits import BLOCKING_ENTRIES
from app.posting.blocking_entries import name_blocking_entries
from app.refusal import FieldError
from tests.support.events import day
from tests.unit.ledger.support import TENANT


class Journal:
    """Has the lines it was made with, and keeps what it was asked for."""

    def __init__(self, *lines: BucketLine) -> None:
        self.lines = lines
        self.asked: list[tuple[str, str, Sequence[str]]] = []

    async def read(self, tenant_id: str, entry_id: str, loan_ids: Sequence[str]) -> Sequence[BucketLine]:
        self.asked.append((tenant_id, entry_id, loan_ids))
        return self.lines


def line(entry_id: str, amount_minor: int, loan_id: str = "loan-1", on: int = -2, can_be_reversed: bool = True) -> BucketLine:
    """Of fees: what is negative lowers them."""
    event_type = "fee_assessed" if amount_minor > 0 else "payment_received"
    side = "DR" if amount_minor > 0 else "CR"
    return BucketLine(loan_id, "1300", entry_id, event_type, day(on), side, abs(amount_minor), can_be_reversed)


def error(message: str, field: str = "/reverses_entry_id") -> FieldError:
    return FieldError(field, "reversal_blocked", message)


BLOCKED = ReversalBlocked(
    "a loan's balance would be below zero", entry_id="entry-1", effective_at=day(-1), loan_ids=("loan-1", "loan-2")
)


async def test_the_entries_are_named_newest_first_with_their_loan_and_their_date() -> None:
    opening = [line("entry-1", 10, loan_id) for loan_id in BLOCKED.loan_ids]
    journal = Journal(*opening, line("entry-8", -10), line("entry-9", -10, "loan-2", on=0))
    named = await name_blocking_entries(BLOCKED, TENANT, journal.read)
    assert journal.asked == [(TENANT, "entry-1", ("loan-1", "loan-2"))]
    assert named.field_errors == (
        error("loan loan-2: reverse payment_received entry-9 with effective_at 2026-03-31 first"),
        error("loan loan-1: reverse payment_received entry-8 with effective_at 2026-03-29 first"),
    )


async def test_a_later_date_is_named_where_it_is_the_remedy() -> None:
    journal = Journal(
        line("entry-1", 10), line("entry-8", -10, can_be_reversed=False), line("entry-9", 10, on=1, can_be_reversed=False)
    )
    named = await name_blocking_entries(BLOCKED, TENANT, journal.read)
    message = "must be 2026-04-01 or later: before that date a balance would be below zero whatever else is reversed"
    assert named.field_errors == (error(message, "/effective_at"),)


async def test_of_more_entries_than_the_limit_the_newest_are_named_and_how_many_more_there_are() -> None:
    payments = [line(f"entry-{number}", -1) for number in range(100, 103 + BLOCKING_ENTRIES)]
    named = await name_blocking_entries(BLOCKED, TENANT, Journal(line("entry-1", len(payments)), *payments).read)
    assert len(named.field_errors) == BLOCKING_ENTRIES + 1
    assert payments[-1].journal_entry_id in named.field_errors[0].message
    assert named.field_errors[-1] == error(
        f"{BLOCKING_ENTRIES + 3} entries must be reversed first, of which the newest {BLOCKING_ENTRIES} are named; "
        "reverse these, then repeat this request to learn the other 3"
    )


async def test_a_loan_on_which_something_was_posted_meanwhile_is_named_as_such() -> None:
    named = await name_blocking_entries(BLOCKED, TENANT, Journal(line("entry-1", 10)).read)
    assert named.field_errors == (error("loan loan-1: something was posted meanwhile; repeat this request"),)


async def test_it_is_the_same_refusal_in_all_else() -> None:
    named = await name_blocking_entries(BLOCKED, TENANT, Journal().read)
    assert (named.detail, named.entry_id, named.loan_ids) == (BLOCKED.detail, "entry-1", ("loan-1", "loan-2"))
    assert named.effective_at == BLOCKED.effective_at
