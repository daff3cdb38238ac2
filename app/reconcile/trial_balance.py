"""The trial balance: everything ever debited and credited, by currency and layer, added up from the journal's lines."""

from dataclasses import dataclass

from sqlalchemy import Connection, case, select

from app.ledger.accounts import DEBIT
from app.store.exact import halves, wholes
from app.store.tables import journal_lines


@dataclass(frozen=True, slots=True)
class Trial:
    """Of one currency and layer."""

    currency: str
    layer: str
    debits_minor: int
    credits_minor: int

    @property
    def is_zero(self) -> bool:
        return self.debits_minor == self.credits_minor


def trial_balance(connection: Connection, tenant_id: str) -> list[Trial]:
    line = journal_lines.c
    debited = case((line.direction == DEBIT, line.amount_minor), else_=0)
    credited = case((line.direction == DEBIT, 0), else_=line.amount_minor)
    statement = (
        select(line.currency, line.layer, *halves(debited), *halves(credited))
        .where(line.tenant_id == tenant_id)
        .group_by(line.currency, line.layer)
        .order_by(line.currency, line.layer)
    )
    return [Trial(currency, layer, *wholes(sums)) for currency, layer, *sums in connection.execute(statement)]
