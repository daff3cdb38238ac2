"""The lines of the buckets of loans that an entry to be reversed has lines on: what a blocked reversal is explained from."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, or_, select

from app.ledger.bucket import BUCKETS
from app.ledger.reversal_advice import BucketLine
from app.store.queries.key_table import key_parameters, key_table
from app.store.tables import journal_entries, journal_lines


def bucket_lines(connection: Connection, tenant_id: str, entry_id: str, loan_ids: Sequence[str]) -> list[BucketLine]:
    """Of all dates, in one statement, which sees one moment."""
    given = key_parameters((loan_id,) for loan_id in loan_ids) | {"tenant_id": tenant_id, "entry_id": entry_id}
    found = connection.execute(_statement(connection.dialect.name), given)
    return [BucketLine(*row)._replace(can_be_reversed=bool(row[-1])) for row in found]


@lru_cache
def _statement(dialect: str) -> Select[*tuple[Any, ...]]:
    keys, line = key_table(dialect, loan_id="id"), journal_lines.c
    of_entry = journal_lines.alias("of_entry")
    is_of_entry = and_(
        of_entry.c.tenant_id == bindparam("tenant_id"),
        of_entry.c.journal_entry_id == bindparam("entry_id"),
        of_entry.c.loan_id == keys.c.loan_id,
        of_entry.c.account_code.in_(BUCKETS),
    )
    buckets = (
        select(of_entry.c.loan_id, of_entry.c.account_code)
        .select_from(keys.join(of_entry, is_of_entry))
        .distinct()
        .subquery("buckets")
    )
    is_of_bucket = and_(
        line.tenant_id == bindparam("tenant_id"),
        line.loan_id == buckets.c.loan_id,
        line.account_code == buckets.c.account_code,
    )
    posted, reversal = journal_entries.alias("posted"), journal_entries.alias("reversal")
    is_posted = and_(posted.c.tenant_id == line.tenant_id, posted.c.journal_entry_id == line.journal_entry_id)
    is_reversed = and_(reversal.c.tenant_id == posted.c.tenant_id, reversal.c.reverses_entry_id == posted.c.journal_entry_id)
    can_be_reversed = ~or_(posted.c.reverses_entry_id.is_not(None), reversal.c.journal_entry_id.is_not(None))
    columns = (line.loan_id, line.account_code, line.journal_entry_id, posted.c.event_type, line.effective_at)
    return select(*columns, line.direction, line.amount_minor, can_be_reversed).select_from(
        buckets.join(journal_lines, is_of_bucket).join(posted, is_posted).outerjoin(reversal, is_reversed)
    )
