"""A blocked reversal names the entries to reverse first, loan by loan, and every loan for which none is known."""

from collections.abc import Sequence
from typing import NamedTuple

from app.ledger.refusals import ReversalBlocked
from app.posting.blocking_entries import name_blocking_entries
from app.refusal import FieldError
from tests.unit.ledger.support import TENANT


class Later(NamedTuple):
    """A later entry of a loan."""

    loan_id: str
    journal_entry_id: str
    event_type: str


class Journal:
    """Finds the entries it was made with, and keeps what it was asked for."""

    def __init__(self, *entries: Later) -> None:
        self.entries = entries
        self.asked: list[tuple[str, str, Sequence[str]]] = []

    async def find(self, tenant_id: str, entry_id: str, loan_ids: Sequence[str]) -> Sequence[Later]:
        self.asked.append((tenant_id, entry_id, loan_ids))
        return self.entries


def error(message: str) -> FieldError:
    return FieldError("/reverses_entry_id", "reversal_blocked", message)


BLOCKED = ReversalBlocked("a loan's balance would be below zero", entry_id="entry-1", loan_ids=("loan-1", "loan-2"))


async def test_the_entries_found_are_named_newest_first_with_their_loan() -> None:
    journal = Journal(
        Later("loan-2", "entry-9", "payment_received"),
        Later("loan-1", "entry-8", "fee_assessed"),
        Later("loan-2", "entry-7", "payment_received"),
    )
    named = await name_blocking_entries(BLOCKED, TENANT, journal.find)
    assert journal.asked == [(TENANT, "entry-1", ("loan-1", "loan-2"))]
    assert named.field_errors == (
        error("loan loan-2: reverse payment_received entry-9 first"),
        error("loan loan-1: reverse fee_assessed entry-8 first"),
        error("loan loan-2: reverse payment_received entry-7 first"),
    )


async def test_a_loan_of_which_no_entry_is_found_is_named_after_the_others() -> None:
    named = await name_blocking_entries(BLOCKED, TENANT, Journal(Later("loan-2", "entry-9", "payment_received")).find)
    assert named.field_errors == (
        error("loan loan-2: reverse payment_received entry-9 first"),
        error("loan loan-1: its balance would be below zero"),
    )


async def test_it_is_the_same_refusal_in_all_else() -> None:
    named = await name_blocking_entries(BLOCKED, TENANT, Journal().find)
    assert (named.detail, named.entry_id, named.loan_ids) == (BLOCKED.detail, "entry-1", ("loan-1", "loan-2"))
    assert [each.message for each in named.field_errors] == [
        "loan loan-1: its balance would be below zero",
        "loan loan-2: its balance would be below zero",
    ]
