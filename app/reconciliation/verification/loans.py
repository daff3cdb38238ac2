"""Loans and their days: currency, borrower, dates, balances and accrual marks, recomputed from the journal.

An accrual of zero interest posts no line: its mark counts as a posting if it names an accrual of the mark's own date.
"""

from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Subquery, Text, and_, case, cast, exists, func, literal, null, select, union_all

from app.ledger.bucket import BUCKETS
from app.ledger.chart import normal_side
from app.reconciliation.verification.deviations import Deviation, compare_rows
from app.store.columns import amount_names
from app.store.tables import journal_entries, journal_lines, loan_days, loans

_CODES: Final = tuple(BUCKETS)
_AMOUNTS: Final = amount_names(loans)
_ACCRUAL: Final = "accrual"


def different_loans(connection: Connection, tenant_id: str) -> list[Deviation]:
    """Loans without a line, and lines without a loan, are among them; of two borrowers or currencies on lines both are shown."""
    posting, loan = _postings(tenant_id), loans.c
    stored = select(
        cast(loan.loan_id, Text),
        cast(loan.borrower_id, Text).label("borrower_id"),
        loan.currency,
        *(loan[name] for name in ("opened_on", "last_effective_on", "last_posted_at", *_AMOUNTS)),
    ).where(loan.tenant_id == tenant_id)
    recomputed = select(
        posting.c.loan_id,
        _one_or_two(posting.c.borrower_id),
        _one_or_two(posting.c.currency),
        func.min(posting.c.effective_at),
        func.max(posting.c.effective_at),
        func.max(posting.c.posted_at),
        *(func.sum(posting.c[name]) for name in _AMOUNTS),
    ).group_by(posting.c.loan_id)
    return compare_rows(connection, "loan", stored, recomputed, key=1)


def different_loan_days(connection: Connection, tenant_id: str) -> list[Deviation]:
    """Amounts, the time of the newest posting and the accrual mark of each effective date."""
    posting, day = _postings(tenant_id), loan_days.c
    stored = select(
        cast(day.loan_id, Text),
        day.effective_at,
        *(day[name] for name in ("last_posted_at", *_AMOUNTS)),
        cast(day.accrual_entry_id, Text).label("accrual_entry_id"),
    ).where(day.tenant_id == tenant_id)
    recomputed = select(
        posting.c.loan_id,
        posting.c.effective_at,
        func.max(posting.c.posted_at),
        *(func.sum(posting.c[name]) for name in _AMOUNTS),
        func.max(posting.c.accrual_entry_id),
    ).group_by(posting.c.loan_id, posting.c.effective_at)
    return compare_rows(connection, "loan day", stored, recomputed, key=2)


def _postings(tenant_id: str) -> Subquery:
    """One row for each line of a loan and each accrual mark without a line: what it says of the loan and what it changes."""
    line, entry, day = journal_lines.c, journal_entries.c, loan_days.c
    same = and_(entry.tenant_id == line.tenant_id, entry.journal_entry_id == line.journal_entry_id)
    entry_id = cast(entry.journal_entry_id, Text)
    lines = (
        select(
            cast(line.loan_id, Text).label("loan_id"),
            func.coalesce(cast(line.borrower_id, Text), "").label("borrower_id"),
            line.currency.label("currency"),
            line.effective_at.label("effective_at"),
            entry.posted_at.label("posted_at"),
            case((entry.event_type == _ACCRUAL, entry_id)).label("accrual_entry_id"),
            *(_change(line, code).label(name) for code, name in zip(_CODES, _AMOUNTS, strict=True)),
        )
        .select_from(journal_lines.join(journal_entries, same))
        .where(line.tenant_id == tenant_id, line.loan_id.is_not(None))
    )
    marked = and_(
        entry.tenant_id == day.tenant_id,
        entry.journal_entry_id == day.accrual_entry_id,
        entry.event_type == _ACCRUAL,
        entry.effective_at == day.effective_at,
    )
    has_line = exists().where(
        line.tenant_id == day.tenant_id, line.journal_entry_id == day.accrual_entry_id, line.loan_id == day.loan_id
    )
    unknown = cast(null(), Text)
    marks = (
        select(
            cast(day.loan_id, Text), unknown, unknown, day.effective_at, entry.posted_at, entry_id, *(literal(0) for _ in _CODES)
        )
        .select_from(loan_days.join(journal_entries, marked))
        .where(day.tenant_id == tenant_id, ~has_line)
    )
    return union_all(lines, marks).subquery("postings")


def _one_or_two(column: ColumnElement[str]) -> ColumnElement[str]:
    """The value that all rows have, or the first and the last of several."""
    first, last = func.min(column), func.max(column)
    return case((first == last, first), else_=first + " and " + last)


def _change(line: Any, code: str) -> ColumnElement[int]:
    signed = case((line.direction == normal_side(code), line.amount_minor), else_=-line.amount_minor)
    return case((line.account_code == code, signed), else_=0)
