"""The entries that block a reversal: later entries of its loans that depend on what the entry to be reversed added."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, exists, or_, select

from app.ledger.bucket import BUCKETS
from app.ledger.chart import CREDIT, DEBIT, normal_side
from app.store.queries.key_table import key_parameters, key_table
from app.store.tables import journal_entries, journal_lines


@dataclass(frozen=True, slots=True)
class BlockingEntry:
    loan_id: str
    journal_entry_id: str
    event_type: str
    effective_at: date


def entries_blocking(
    connection: Connection, tenant_id: str, entry_id: str, loan_ids: Sequence[str], limit: int
) -> list[BlockingEntry]:
    """Entries posted after `entry_id` that lower a balance of one of the loans, newest first; reversed ones block nothing."""
    statement = _statement(connection.dialect.name)
    given = key_parameters((loan_id,) for loan_id in loan_ids) | {"tenant_id": tenant_id, "entry_id": entry_id, "limit": limit}
    return [BlockingEntry(*row) for row in connection.execute(statement, given)]


@lru_cache
def _statement(dialect: str) -> Select[*tuple[Any, ...]]:
    keys = key_table(dialect, loan_id="id")
    line, posted = journal_lines.c, journal_entries.alias("posted")
    reversal = journal_entries.alias("reversal")
    lowers = or_(
        *(
            and_(line.account_code == code, line.direction == (CREDIT if normal_side(code) == DEBIT else DEBIT))
            for code in BUCKETS
        )
    )
    is_reversed = exists().where(
        reversal.c.tenant_id == posted.c.tenant_id, reversal.c.reverses_entry_id == posted.c.journal_entry_id
    )
    of_loan = and_(
        line.tenant_id == bindparam("tenant_id"),
        line.loan_id == keys.c.loan_id,
        line.journal_entry_id > bindparam("entry_id"),
    )
    of_line = and_(posted.c.tenant_id == line.tenant_id, posted.c.journal_entry_id == line.journal_entry_id)
    return (
        select(line.loan_id, line.journal_entry_id, posted.c.event_type, posted.c.effective_at)
        .select_from(keys.join(journal_lines, of_loan).join(posted, of_line))
        .where(lowers, posted.c.reverses_entry_id.is_(None), ~is_reversed)
        .distinct()
        .order_by(line.journal_entry_id.desc(), line.loan_id)
        .limit(bindparam("limit"))
    )
