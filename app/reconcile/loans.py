"""Is each balance of each loan, over all dates and as of one, what the journal's lines on its sub-accounts add up to?

Three records must agree: lines, daily changes and balances. In one statement each gives its amounts with the sign that makes
every difference zero when all is well; only loans where one is not zero come back.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, case, exists, func, literal, or_, select, union_all

from app.ledger.accounts import BUCKETS, Bucket, normal_side
from app.reconcile.drift import Drifted
from app.store.tables import account_days, journal_lines, loan_days, loans

_BALANCES: Final = ("principal_minor", "interest_minor", "fees_minor", "suspense_minor")
_OTHER: Final = "OTHER"
Amounts = Sequence[ColumnElement[Any]]
_NONE: Final[Amounts] = [literal(0)] * len(_BALANCES)


def drifted_loans(connection: Connection, tenant_id: str, as_of: date) -> set[Drifted]:
    """Sub-accounts (loan, bucket) that differ; a loan's line on an account that is no sub-account counts as one more."""
    days = account_days.c
    has_later = bool(connection.scalar(select(exists().where(days.tenant_id == tenant_id, days.effective_at > as_of))))
    found: set[Drifted] = set()
    for loan_id, other, *differences in connection.execute(_statement(tenant_id, as_of if has_later else None)):
        if other:
            found.add(("loan", loan_id, _OTHER))
        for number, difference in enumerate(differences):
            if difference:
                found.add(("loan", loan_id, Bucket(number % len(Bucket)).name))
    return found


def _statement(tenant_id: str, as_of: date | None) -> Select[*tuple[Any, ...]]:
    """Loan, lines on other accounts, then per bucket: lines less balance, days less balance, lines less days after `as_of`."""
    line, day, loan = journal_lines.c, loan_days.c, loans.c
    changes, of_day = [_change(code) for code in BUCKETS], [day[name] for name in _BALANCES]
    balances = [-loan[name] for name in _BALANCES]
    other = func.sum(case((line.account_code.in_(list(BUCKETS)), 0), else_=1))
    sources = union_all(
        select(line.loan_id, other, *_sums(changes), *_NONE, *_later(line.effective_at, as_of, changes))
        .where(line.tenant_id == tenant_id, line.loan_id.is_not(None))
        .group_by(line.loan_id),
        select(loan.loan_id, literal(0), *balances, *balances, *_NONE).where(loan.tenant_id == tenant_id),
        select(day.loan_id, literal(0), *_NONE, *_sums(of_day), *(-amount for amount in _later(day.effective_at, as_of, of_day)))
        .where(day.tenant_id == tenant_id)
        .group_by(day.loan_id),
    ).subquery("sources")
    loan_id, *amounts = sources.c
    differences = _sums(amounts)
    return select(loan_id, *differences).group_by(loan_id).having(or_(*(difference != 0 for difference in differences)))


def _sums(amounts: Amounts) -> Amounts:
    return [func.sum(amount) for amount in amounts]


def _later(effective_at: ColumnElement[date], as_of: date | None, amounts: Amounts) -> Amounts:
    """Sums after the date; nothing where nothing is."""
    return _NONE if as_of is None else _sums([case((effective_at > as_of, amount), else_=0) for amount in amounts])


def _change(account_code: str) -> ColumnElement[int]:
    """What a line changes in the bucket that stands behind an account."""
    line = journal_lines.c
    signed = case((line.direction == normal_side(account_code), line.amount_minor), else_=-line.amount_minor)
    return case((line.account_code == account_code, signed), else_=0)
