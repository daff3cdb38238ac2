"""A decided batch as rows of each table, in the order of the columns named in `phases`, the same for both engines.

`posted_at` is one moment for the whole batch, given as the engine stores it.
"""

from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Any

import orjson

from app.ledger.book import Book
from app.ledger.loan import LoanAccount, no_change
from app.store.phases import Key, Row

_by_id = attrgetter("tenant_id", "loan_id")


def entry_rows(book: Book, posted_at: Any) -> Iterator[Row]:
    for entry in book.posted:
        yield (
            entry.tenant_id,
            entry.journal_entry_id,
            entry.event_id,
            entry.event_type,
            entry.effective_at,
            posted_at,
            len(entry.lines),
            entry.correlation_id,
            entry.actor,
            entry.reverses_entry_id,
            entry.description,
            orjson.dumps(entry.details).decode() if entry.details else None,
        )


def line_rows(book: Book) -> Iterator[Row]:
    for entry in book.posted:
        head = (entry.tenant_id, entry.journal_entry_id)
        for sequence, line in enumerate(entry.lines, 1):
            yield (*head, sequence, entry.effective_at, *line)


def changed_loans(book: Book) -> list[LoanAccount]:
    """In the order in which they are locked."""
    return sorted((loan for loan in book.loans.values() if loan.written), key=_by_id)


def opened_rows(loans: Iterable[LoanAccount], posted_at: Any) -> Iterator[Row]:
    """tenant, loan, borrower, currency, opened on, last effective, last posted, four balances."""
    for loan in loans:
        if loan.is_new:
            yield (
                loan.tenant_id,
                loan.loan_id,
                loan.borrower_id,
                loan.currency,
                loan.opened_on,
                loan.last_effective_on,
                posted_at,
                *loan.balances,
            )


def updated_rows(loans: Iterable[LoanAccount], posted_at: Any) -> Iterator[Row]:
    """opened on, last effective, last posted, four balances, then tenant and loan."""
    for loan in loans:
        if not loan.is_new:
            yield (
                loan.opened_on,
                loan.last_effective_on,
                posted_at,
                *loan.balances,
                loan.tenant_id,
                loan.loan_id,
            )


def day_rows(loans: Iterable[LoanAccount], posted_at: Any) -> Iterator[Row]:
    for loan in loans:
        for day in sorted(loan.written):
            yield (
                loan.tenant_id,
                loan.loan_id,
                day,
                posted_at,
                *(loan.written[day] or no_change()),
                loan.accruals_written.get(day),
            )


def account_day_rows(book: Book, stripe: int) -> Iterator[Row]:
    """tenant, account, currency, layer, date, stripe, debits, credits."""
    for (account, day), sides in sorted(book.account_days.items()):
        yield (*account, day, stripe, *sides)


def account_total_rows(book: Book, stripe: int) -> Iterator[Row]:
    """tenant, account, currency, layer, stripe, debits, credits: what the batch adds over all dates."""
    sums: dict[tuple[str, str, str, str], list[int]] = {}
    for (account, _day), (debits, credits) in book.account_days.items():
        sides = sums.setdefault(account, [0, 0])
        sides[0] += debits
        sides[1] += credits
    for account, sides in sorted(sums.items()):
        yield (*account, stripe, *sides)


def key_rows(keys: Iterable[Key], posted_at: Any) -> Iterator[Row]:
    for key in keys:
        yield (key.tenant_id, key.key, key.request_hash, key.response_body, posted_at)
