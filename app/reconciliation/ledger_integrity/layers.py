"""The currencies and layers a tenant has posted in, and what it means for an entry to balance in each."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, select

from app.ledger.chart import DEBIT
from app.store.tables import account_totals, journal_lines

LayerKey = tuple[str, str]
"""Currency and layer."""


def layers_of(connection: Connection, tenant_id: str) -> list[LayerKey]:
    """Of everything posted; a line in any other is found because it has no account total."""
    totals = account_totals.c
    rows = connection.execute(select(totals.currency, totals.layer).where(totals.tenant_id == tenant_id).distinct())
    return [(currency, layer) for currency, layer in rows]


def is_in(columns: Any, key: LayerKey) -> ColumnElement[bool]:
    return and_(columns.currency == key[0], columns.layer == key[1])


def unbalanced(layers: Sequence[LayerKey]) -> list[ColumnElement[bool]]:
    """Conditions that an entry's lines do not balance, one for each currency and layer."""
    line = journal_lines.c
    signed = case((line.direction == DEBIT, line.amount_minor), else_=-line.amount_minor)
    return [func.sum(case((is_in(line, key), signed), else_=0)) != 0 for key in layers]
