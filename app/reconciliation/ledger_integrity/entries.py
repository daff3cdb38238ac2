"""Whether every entry is balanced in each currency and layer, and complete."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, Select, and_, case, exists, func, or_, select

from app.ledger.bucket import BUCKETS
from app.reconciliation.ledger_integrity.layers import LayerKey, layers_of, unbalanced
from app.reconciliation.ledger_integrity.mismatch import Mismatch
from app.store.tables import journal_entries, journal_lines

NAMED_ENTRIES: Final = 1_000
"""Broken entries whose accounts are counted; there are hardly ever any."""


def accounts_of_broken_entries(connection: Connection, tenant_id: str) -> set[Mismatch]:
    """The accounts that broken entries post on; an entry without lines is named itself."""
    broken = connection.execute(_broken(tenant_id, layers_of(connection, tenant_id))).scalars().all()
    orphaned = connection.execute(_orphaned(tenant_id)).scalars().all()
    return _accounts(connection, tenant_id, [*broken, *orphaned])


def _broken(tenant_id: str, layers: Sequence[LayerKey]) -> Select[*tuple[Any, ...]]:
    """The entries that are not balanced, not complete, or of another date than one of their lines."""
    entry, line = journal_entries.c, journal_lines.c
    same = and_(line.tenant_id == entry.tenant_id, line.journal_entry_id == entry.journal_entry_id)
    other_date = func.coalesce(func.sum(case((line.effective_at != entry.effective_at, 1), else_=0)), 0)
    is_incomplete = or_(func.count(line.sequence) != entry.line_count, func.max(line.sequence) != entry.line_count)
    return (
        select(entry.journal_entry_id)
        .select_from(journal_entries.outerjoin(journal_lines, same))
        .where(entry.tenant_id == tenant_id)
        .group_by(entry.tenant_id, entry.journal_entry_id, entry.line_count)
        .having(or_(is_incomplete, other_date > 0, *unbalanced(layers)))
        .limit(NAMED_ENTRIES)
    )


def _orphaned(tenant_id: str) -> Select[*tuple[Any, ...]]:
    """The entries of which only lines exist."""
    entry, line = journal_entries.c, journal_lines.c
    has_entry = exists().where(entry.tenant_id == line.tenant_id, entry.journal_entry_id == line.journal_entry_id)
    return select(line.journal_entry_id).where(line.tenant_id == tenant_id, ~has_entry).distinct().limit(NAMED_ENTRIES)


def _accounts(connection: Connection, tenant_id: str, broken: Sequence[str]) -> set[Mismatch]:
    line = journal_lines.c
    columns = (line.journal_entry_id, line.account_code, line.currency, line.layer, line.loan_id)
    lines = select(*columns).where(line.tenant_id == tenant_id, line.journal_entry_id.in_(broken))
    found: set[Mismatch] = set()
    without_lines = set(broken)
    for entry_id, account_code, currency, layer, loan_id in connection.execute(lines):
        without_lines.discard(entry_id)
        found.add(("account", account_code, currency, layer))
        if loan_id is not None and account_code in BUCKETS:
            found.add(("loan", loan_id, BUCKETS[account_code].name))
    return found | {("entry", entry_id) for entry_id in without_lines}
