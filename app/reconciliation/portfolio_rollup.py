"""Does the principal in the general ledger equal the sum of the principal of the loans, currency by currency?"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, and_, literal, select, union_all

from app.ledger.chart import PRINCIPAL_RECEIVABLE, SETTLED
from app.store.queries.wide_sums import wide_sum_columns, wide_sums
from app.store.tables import account_days, account_totals, loan_days, loans


@dataclass(frozen=True, slots=True)
class PrincipalTotals:
    """Of one currency: the balance of account 1100, and the sum over the loans."""

    ledger_minor: int
    loans_minor: int


def principal_by_currency(connection: Connection, tenant_id: str, as_of: date) -> dict[str, PrincipalTotals]:
    found = {}
    for row in connection.execute(_statement(tenant_id, as_of)):
        currency, *sums = row
        found[currency] = PrincipalTotals(*wide_sums(sums))
    return found


def _statement(tenant_id: str, as_of: date) -> Select[*tuple[Any, ...]]:
    """One statement, so that both sides are of one moment; changes after the date are subtracted."""
    total, day, loan, loan_day = account_totals.c, account_days.c, loans.c, loan_days.c
    nothing = literal(0, BigInteger())
    of_account = {"tenant_id": tenant_id, "account_code": PRINCIPAL_RECEIVABLE, "layer": SETTLED}
    later = and_(loan_day.tenant_id == loan.tenant_id, loan_day.loan_id == loan.loan_id, loan_day.effective_at > as_of)
    changes = union_all(
        select(total.currency, total.dr_minor - total.cr_minor, nothing).filter_by(**of_account),
        select(day.currency, day.cr_minor - day.dr_minor, nothing).filter_by(**of_account).where(day.effective_at > as_of),
        select(loan.currency, nothing, loan.principal_minor).where(loan.tenant_id == tenant_id),
        select(loan.currency, nothing, -loan_day.principal_minor)
        .join(loan_days, later)
        .where(loan.tenant_id == tenant_id, loan.last_effective_on > as_of),
    ).subquery("changes")
    currency, in_ledger, on_loans = changes.c
    return select(currency, *wide_sum_columns(in_ledger), *wide_sum_columns(on_loans)).group_by(currency)
