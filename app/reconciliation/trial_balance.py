"""The trial balance: everything ever debited and credited, by currency and layer, added up from the journal's lines."""

from dataclasses import dataclass

from sqlalchemy import Connection, case, select

from app.ledger.chart import DEBIT
from app.store.queries.wide_sums import wide_sum_columns, wide_sums
from app.store.tables import journal_lines


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """Of one currency and layer."""

    currency: str
    layer: str
    debits_minor: int
    credits_minor: int

    @property
    def is_balanced(self) -> bool:
        return self.debits_minor == self.credits_minor


def trial_balance(connection: Connection, tenant_id: str) -> list[TrialBalance]:
    line = journal_lines.c
    debited = case((line.direction == DEBIT, line.amount_minor), else_=0)
    credited = case((line.direction == DEBIT, 0), else_=line.amount_minor)
    statement = (
        select(line.currency, line.layer, *wide_sum_columns(debited), *wide_sum_columns(credited))
        .where(line.tenant_id == tenant_id)
        .group_by(line.currency, line.layer)
        .order_by(line.currency, line.layer)
    )
    return [TrialBalance(currency, layer, *wide_sums(sums)) for currency, layer, *sums in connection.execute(statement)]
