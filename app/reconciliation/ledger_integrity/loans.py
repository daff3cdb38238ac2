"""Whether the journal's lines on a loan add up to what is recorded of it, bucket by bucket, over all dates and as of one.

Three records must agree: lines, daily changes and balances. They are compared in the database; only loans that differ come back.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import CTE, ColumnElement, Connection, case, exists, func, literal, or_, select, union_all
from sqlalchemy.sql.expression import CompoundSelect

from app.ledger.bucket import BUCKETS, Bucket
from app.ledger.chart import normal_side
from app.reconciliation.ledger_integrity.mismatch import Mismatch
from app.store.tables import account_days, journal_lines, loan_days, loans

Amounts = Sequence[ColumnElement[Any]]
_CODES: Final = tuple(BUCKETS)
_BALANCES: Final = ("principal_minor", "interest_minor", "fees_minor", "suspense_minor")


def mismatched_loans(connection: Connection, tenant_id: str, as_of: date) -> set[Mismatch]:
    """Sub-accounts (loan, bucket) that differ; a loan's line on an account that is no sub-account counts as one more."""
    days = account_days.c
    has_later = bool(connection.scalar(select(exists().where(days.tenant_id == tenant_id, days.effective_at > as_of))))
    found: set[Mismatch] = set()
    for row in connection.execute(_statement(tenant_id, as_of if has_later else None)):
        loan_id, other, *differences = row
        if other:
            found.add(("loan", loan_id, "OTHER"))
        found |= {("loan", loan_id, Bucket(number % len(Bucket)).name) for number, off in enumerate(differences) if off}
    return found


def _statement(tenant_id: str, as_of: date | None) -> CompoundSelect[*tuple[Any, ...]]:
    """Loan, lines on other accounts, then by bucket: lines less balance, days less balance, lines less days after the date."""
    lines, days = _lines(tenant_id, as_of), _days(tenant_id, as_of)
    balances = [loans.c[name] for name in _BALANCES]
    of_lines, of_days = _amounts(lines), _amounts(days)
    expected = [*balances, *balances, *of_days[len(_CODES) :]]
    found = [*of_lines[: len(_CODES)], *of_days[: len(_CODES)], *of_lines[len(_CODES) :]]
    differences = [left - right for left, right in zip(found, expected, strict=True)]
    other = func.coalesce(lines.c.other, 0)
    nothing = [literal(0) for _ in differences]
    return union_all(
        select(loans.c.loan_id, other, *_numbered(differences))
        .select_from(
            loans.outerjoin(lines, lines.c.loan_id == loans.c.loan_id).outerjoin(days, days.c.loan_id == loans.c.loan_id)
        )
        .where(loans.c.tenant_id == tenant_id, or_(other != 0, *(difference != 0 for difference in differences))),
        *(
            select(orphans.c.loan_id, literal(1), *_numbered(nothing)).where(
                ~exists().where(loans.c.tenant_id == tenant_id, loans.c.loan_id == orphans.c.loan_id)
            )
            for orphans in (lines, days)
        ),
    )


def _lines(tenant_id: str, as_of: date | None) -> CTE:
    """Per loan, in the order of the index: lines on other accounts, net changes in all, net changes after the date."""
    line = journal_lines.c
    changes = [
        case(
            (line.account_code == code, case((line.direction == normal_side(code), line.amount_minor), else_=-line.amount_minor)),
            else_=0,
        )
        for code in _CODES
    ]
    other = func.sum(case((line.account_code.in_(_CODES), 0), else_=1)).label("other")
    return (
        select(line.loan_id, other, *_numbered([*_sums(changes), *_later(line.effective_at, as_of, changes)]))
        .where(line.tenant_id == tenant_id, line.loan_id.is_not(None))
        .group_by(line.loan_id)
        .cte("lines")
    )


def _days(tenant_id: str, as_of: date | None) -> CTE:
    """Per loan: changes of all dates, changes after the date."""
    day = loan_days.c
    changes = [day[name] for name in _BALANCES]
    return (
        select(day.loan_id, *_numbered([*_sums(changes), *_later(day.effective_at, as_of, changes)]))
        .where(day.tenant_id == tenant_id)
        .group_by(day.loan_id)
        .cte("days")
    )


def _later(effective_at: ColumnElement[date], as_of: date | None, amounts: Amounts) -> Amounts:
    """Sums after the date; zeros where there is no later date."""
    if as_of is None:
        return [literal(0) for _ in amounts]
    return _sums([case((effective_at > as_of, amount), else_=0) for amount in amounts])


def _sums(amounts: Iterable[ColumnElement[Any]]) -> Amounts:
    return [func.sum(amount) for amount in amounts]


def _numbered(amounts: Amounts) -> Amounts:
    return [amount.label(f"n{number}") for number, amount in enumerate(amounts)]


def _amounts(record: CTE) -> Amounts:
    """The numbered columns; zero for a loan that the record does not have."""
    return [func.coalesce(record.c[f"n{number}"], 0) for number in range(2 * len(_CODES))]
