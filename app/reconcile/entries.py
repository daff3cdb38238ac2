"""Is every entry balanced in each currency and layer, whole, and in agreement with its lines about its date?"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, or_, select

from app.ledger.accounts import BUCKETS, DEBIT
from app.reconcile.drift import Drifted
from app.store.tables import account_totals, journal_entries, journal_lines

NAMED_ENTRIES: Final = 1_000
"""Broken entries whose accounts are counted; there are hardly ever any."""


def accounts_of_broken_entries(connection: Connection, tenant_id: str) -> set[Drifted]:
    """The accounts that broken entries touch; an entry without lines stands for itself.

    A currency may be posted for the first time between the two statements on PostgreSQL: what looks broken is looked at again.
    """
    broken: list[str] = []
    if _broken(connection, tenant_id):
        broken = _broken(connection, tenant_id)
    lines = select(
        journal_lines.c.journal_entry_id,
        journal_lines.c.account_code,
        journal_lines.c.currency,
        journal_lines.c.layer,
        journal_lines.c.loan_id,
    ).where(journal_lines.c.tenant_id == tenant_id, journal_lines.c.journal_entry_id.in_(broken))
    found: set[Drifted] = set()
    with_lines: set[str] = set()
    for entry_id, account_code, currency, layer, loan_id in connection.execute(lines) if broken else ():
        with_lines.add(entry_id)
        found.add(("account", account_code, currency, layer))
        if loan_id is not None and account_code in BUCKETS:
            found.add(("loan", loan_id, BUCKETS[account_code].name))
    return found | {("entry", entry_id) for entry_id in broken if entry_id not in with_lines}


def _broken(connection: Connection, tenant_id: str) -> list[str]:
    totals = account_totals.c
    layers = connection.execute(select(totals.currency, totals.layer).where(totals.tenant_id == tenant_id).distinct())
    statement = _statement(tenant_id, [tuple(row) for row in layers])
    return list(connection.execute(statement).scalars())


def _statement(tenant_id: str, layers: Sequence[tuple[str, ...]]) -> Select[*tuple[Any, ...]]:
    """One pass over the lines in the order of their key; a line in a currency and layer that has no account is foreign."""
    entry, line = journal_entries.c, journal_lines.c
    signed = case((line.direction == DEBIT, line.amount_minor), else_=-line.amount_minor)
    within = [and_(line.currency == currency, line.layer == layer) for currency, layer in layers]
    is_known = and_(line.effective_at == entry.effective_at, or_(*within)) if within else line.sequence < 0
    foreign = func.sum(case((is_known, 0), else_=1))
    unbalanced: list[ColumnElement[bool]] = [func.sum(case((known, signed), else_=0)) != 0 for known in within]
    same = and_(line.tenant_id == entry.tenant_id, line.journal_entry_id == entry.journal_entry_id)
    return (
        select(entry.journal_entry_id)
        .select_from(journal_entries.outerjoin(journal_lines, same))
        .where(entry.tenant_id == tenant_id)
        .group_by(entry.tenant_id, entry.journal_entry_id, entry.line_count)
        .having(
            or_(
                func.count(line.sequence) != entry.line_count,
                func.max(line.sequence) != entry.line_count,
                and_(func.count(line.sequence) > 0, foreign > 0),
                *unbalanced,
            )
        )
        .limit(NAMED_ENTRIES)
    )
