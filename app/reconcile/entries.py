"""Is every entry balanced in each currency and layer, and whole?"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, case, exists, func, or_, select

from app.ledger.accounts import BUCKETS, DEBIT
from app.reconcile.drift import Drifted
from app.store.tables import account_totals, journal_entries, journal_lines

NAMED_ENTRIES: Final = 1_000
"""Broken entries whose accounts are counted; there are hardly ever any."""


def accounts_of_broken_entries(connection: Connection, tenant_id: str) -> set[Drifted]:
    """The accounts that broken entries touch; an entry without lines stands for itself.

    The quick look adds line counts up; only if something is wrong there, the entries are looked at one by one.
    """
    layers = _layers(connection, tenant_id)
    if _all_is_well(connection, tenant_id, layers):
        return set()
    broken = connection.execute(_broken(tenant_id, layers)).scalars().all()
    orphaned = connection.execute(_orphaned(tenant_id)).scalars().all()
    return _accounts(connection, tenant_id, [*broken, *orphaned])


def _layers(connection: Connection, tenant_id: str) -> list[tuple[str, str]]:
    """Currency and layer of all that was posted; a line in any other is found by the account it has not."""
    totals = account_totals.c
    rows = connection.execute(select(totals.currency, totals.layer).where(totals.tenant_id == tenant_id).distinct())
    return [(currency, layer) for currency, layer in rows]


def _all_is_well(connection: Connection, tenant_id: str, layers: Sequence[tuple[str, str]]) -> bool:
    """One pass over the lines in the order of their key and one over the entries tell the same of each date."""
    from_lines, from_entries = (connection.execute(each).all() for each in (_told_by_lines(tenant_id, layers), _told(tenant_id)))
    return not any(row.broken for row in from_lines) and {row[:4] for row in from_lines} == {row[:4] for row in from_entries}


def _told_by_lines(tenant_id: str, layers: Sequence[tuple[str, str]]) -> Select[*tuple[Any, ...]]:
    line, count = journal_lines.c, func.count()
    is_broken = or_(
        func.max(line.sequence) != count,
        func.min(line.effective_at) != func.max(line.effective_at),
        *_unbalanced(layers),
    )
    by_entry = (
        select(func.max(line.effective_at).label("day"), count.label("lines"), case((is_broken, 1), else_=0).label("broken"))
        .where(line.tenant_id == tenant_id)
        .group_by(line.tenant_id, line.journal_entry_id)
        .subquery("by_entry")
    )
    entry = by_entry.c
    return select(entry.day, *_counts(entry.lines), func.sum(entry.broken).label("broken")).group_by(entry.day)


def _told(tenant_id: str) -> Select[*tuple[Any, ...]]:
    entry = journal_entries.c
    wanted = and_(entry.tenant_id == tenant_id, entry.line_count > 0)
    return select(entry.effective_at, *_counts(entry.line_count)).where(wanted).group_by(entry.effective_at)


def _counts(lines: ColumnElement[int]) -> list[ColumnElement[Any]]:
    return [func.count().label("entries"), func.sum(lines).label("lines"), func.sum(lines * lines).label("squares")]


def _broken(tenant_id: str, layers: Sequence[tuple[str, str]]) -> Select[*tuple[Any, ...]]:
    """The entries that are not balanced, not whole, or of another date than a line of theirs."""
    entry, line = journal_entries.c, journal_lines.c
    same = and_(line.tenant_id == entry.tenant_id, line.journal_entry_id == entry.journal_entry_id)
    other_date = func.coalesce(func.sum(case((line.effective_at != entry.effective_at, 1), else_=0)), 0)
    is_incomplete = or_(func.count(line.sequence) != entry.line_count, func.max(line.sequence) != entry.line_count)
    return (
        select(entry.journal_entry_id)
        .select_from(journal_entries.outerjoin(journal_lines, same))
        .where(entry.tenant_id == tenant_id)
        .group_by(entry.tenant_id, entry.journal_entry_id, entry.line_count)
        .having(or_(is_incomplete, other_date > 0, *_unbalanced(layers)))
        .limit(NAMED_ENTRIES)
    )


def _orphaned(tenant_id: str) -> Select[*tuple[Any, ...]]:
    """The entries that only lines tell of."""
    entry, line = journal_entries.c, journal_lines.c
    has_entry = exists().where(entry.tenant_id == line.tenant_id, entry.journal_entry_id == line.journal_entry_id)
    return select(line.journal_entry_id).where(line.tenant_id == tenant_id, ~has_entry).distinct().limit(NAMED_ENTRIES)


def _unbalanced(layers: Sequence[tuple[str, str]]) -> list[ColumnElement[bool]]:
    """That an entry's lines do not balance in some currency and layer; one without an account is found by its account."""
    line = journal_lines.c
    signed = case((line.direction == DEBIT, line.amount_minor), else_=-line.amount_minor)
    return [
        func.sum(case((and_(line.currency == currency, line.layer == layer), signed), else_=0)) != 0 for currency, layer in layers
    ]


def _accounts(connection: Connection, tenant_id: str, broken: Sequence[str]) -> set[Drifted]:
    line = journal_lines.c
    columns = (line.journal_entry_id, line.account_code, line.currency, line.layer, line.loan_id)
    lines = select(*columns).where(line.tenant_id == tenant_id, line.journal_entry_id.in_(broken))
    found: set[Drifted] = set()
    without_lines = set(broken)
    for entry_id, account_code, currency, layer, loan_id in connection.execute(lines):
        without_lines.discard(entry_id)
        found.add(("account", account_code, currency, layer))
        if loan_id is not None and account_code in BUCKETS:
            found.add(("loan", loan_id, BUCKETS[account_code].name))
    return found | {("entry", entry_id) for entry_id in without_lines}
