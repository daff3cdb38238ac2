"""A decided batch as rows of each table, in the order of its columns, the same for both engines."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from operator import attrgetter
from typing import Any, Final

import orjson

from app.ledger.book import Book
from app.ledger.loan import LoanAccount, no_change
from app.store import columns
from app.store.tables import loans as loans_table
from app.store.transaction import IdempotencyRecord

Row = tuple[Any, ...]
READ_LOAN_COLUMNS: Final = columns.names(loans_table, without=("last_posted_at",))
"""What a LoanAccount is made of, in the order of its arguments."""
CHANGED_LOAN_COLUMNS: Final = (
    *columns.names(loans_table, without=("tenant_id", "loan_id", "borrower_id", "currency")),
    *columns.key_names(loans_table),
)
"""What a posting changes of a loan, then the loan's key: the order of `changed_loan_rows`."""
_loan_key = attrgetter("tenant_id", "loan_id")


class StoredMoments(dict[datetime, Any]):
    """Moments of posting as an engine stores them; each is converted once, since thousands of rows may have the same."""

    def __init__(self, convert: Callable[[datetime], Any]) -> None:
        self._convert = convert

    def __missing__(self, moment: datetime) -> Any:
        stored = self[moment] = self._convert(moment)
        return stored


def entry_rows(book: Book, moments: StoredMoments) -> Iterator[Row]:
    for entry in book.posted:
        yield (
            entry.tenant_id,
            entry.journal_entry_id,
            entry.event_id,
            entry.event_type,
            entry.effective_at,
            moments[entry.posted_at],
            len(entry.lines),
            entry.correlation_id,
            entry.actor,
            entry.reverses_entry_id,
            entry.description,
            orjson.dumps(entry.details).decode() if entry.details else None,
            entry.idempotency_key,
        )


def line_rows(book: Book) -> Iterator[Row]:
    for entry in book.posted:
        head = (entry.tenant_id, entry.journal_entry_id)
        for sequence, line in enumerate(entry.lines, 1):
            yield (*head, sequence, entry.effective_at, *line)


def written_loans(book: Book) -> list[LoanAccount]:
    """The loans that the batch changed, in the order in which they are locked."""
    return sorted((loan for loan in book.loans.values() if loan.written), key=_loan_key)


def opened_loan_rows(loans: Iterable[LoanAccount], moments: StoredMoments) -> Iterator[Row]:
    for loan in loans:
        if loan.is_new:
            yield (
                loan.tenant_id,
                loan.loan_id,
                loan.borrower_id,
                loan.currency,
                loan.opened_on,
                loan.last_effective_on,
                moments[loan.last_posted_at],
                *loan.balances,
            )


def changed_loan_rows(loans: Iterable[LoanAccount], moments: StoredMoments) -> Iterator[Row]:
    """Rows of CHANGED_LOAN_COLUMNS."""
    for loan in loans:
        if not loan.is_new:
            yield (
                loan.opened_on,
                loan.last_effective_on,
                moments[loan.last_posted_at],
                *loan.balances,
                loan.tenant_id,
                loan.loan_id,
            )


def loan_day_rows(loans: Iterable[LoanAccount], moments: StoredMoments) -> Iterator[Row]:
    for loan in loans:
        for day in sorted(loan.written):
            yield (
                loan.tenant_id,
                loan.loan_id,
                day,
                moments[loan.posted_at[day]],
                *(loan.written[day] or no_change()),
                loan.accruals_written.get(day),
            )


def account_total_rows(book: Book, stripe: int) -> Iterator[Row]:
    """What the batch adds to each account over all dates."""
    sums: dict[tuple[str, str, str, str], list[int]] = {}
    for (account, _day), (debits, credits) in book.account_days.items():
        sides = sums.setdefault(account, [0, 0])
        sides[0] += debits
        sides[1] += credits
    for account, sides in sorted(sums.items()):
        yield (*account, stripe, *sides)


def account_day_rows(book: Book, stripe: int) -> Iterator[Row]:
    for (account, day), sides in sorted(book.account_days.items()):
        yield (*account, day, stripe, *sides)


def key_rows(records: Iterable[IdempotencyRecord], moments: StoredMoments) -> Iterator[Row]:
    for *record, posted_at in records:
        yield (*record, moments[posted_at])
