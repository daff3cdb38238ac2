"""The writer's transaction on PostgreSQL, in the four phases of `app.store.phases`.

Begin, claim keys, lock loans, read totals, write, commit: six round trips, whatever the size of the batch. Later dates of loans
are read, after their locks are held, only when a command is back-dated; entries only when one is reversed. Keys and loans are
taken in one order over the whole batch, so that writers cannot deadlock.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from app.ledger.book import AccountKey, Book, RecordedEntry
from app.ledger.entry import Line
from app.ledger.loan import LoanAccount
from app.limits import STRIPES
from app.store import rows
from app.store.phases import LOAN_COLUMNS, Batch, Found, StoredAnswer, TenantAndId, Writes
from app.store.postgres_write import (
    ACCOUNT_DAY_TYPES,
    DAY_TYPES,
    ENTRY_TYPES,
    KEY_TYPES,
    LINE_TYPES,
    OPENED_TYPES,
    TENANT_TYPES,
    TOTAL_TYPES,
    UPDATED_TYPES,
    WRITE,
    arguments,
)

CLAIM_KEYS = """SELECT wanted.tenant_id::text, wanted.key, answer.request_hash, answer.response_body,
        pg_try_advisory_xact_lock(hashtextextended(wanted.tenant_id::text || wanted.key, 0))
    FROM unnest($1::uuid[], $2::text[]) AS wanted (tenant_id, key)
    LEFT JOIN idempotency_keys AS answer ON answer.tenant_id = wanted.tenant_id AND answer.key = wanted.key"""
READ_ENTRIES = """SELECT e.tenant_id::text, e.journal_entry_id::text, e.event_type, e.effective_at
    FROM unnest($1::uuid[], $2::uuid[]) AS wanted (tenant_id, journal_entry_id)
    JOIN journal_entries AS e USING (tenant_id, journal_entry_id)"""
READ_REVERSALS = """SELECT r.tenant_id::text, r.reverses_entry_id::text, r.journal_entry_id::text
    FROM unnest($1::uuid[], $2::uuid[]) AS wanted (tenant_id, journal_entry_id)
    JOIN journal_entries AS r ON r.tenant_id = wanted.tenant_id AND r.reverses_entry_id = wanted.journal_entry_id"""
READ_LINES = """SELECT account_code, direction, amount_minor, currency, layer, loan_id::text, borrower_id::text, external_ref
    FROM journal_lines WHERE tenant_id = $1 AND journal_entry_id = $2 ORDER BY sequence"""
LOCK_LOANS = f"""SELECT {", ".join("l." + name + ("::text" if name.endswith("_id") else "") for name in LOAN_COLUMNS.split(", "))}
    FROM unnest($1::uuid[], $2::uuid[]) AS wanted (tenant_id, loan_id) JOIN loans AS l USING (tenant_id, loan_id)
    ORDER BY l.tenant_id, l.loan_id FOR NO KEY UPDATE OF l"""
READ_DAYS = """SELECT d.tenant_id::text, d.loan_id::text, d.effective_at,
        d.principal_minor, d.interest_minor, d.fees_minor, d.suspense_minor,
        CASE WHEN r.journal_entry_id IS NULL THEN d.accrual_entry_id::text END
    FROM unnest($1::uuid[], $2::uuid[], $3::date[]) AS wanted (tenant_id, loan_id, later_than)
    JOIN loan_days AS d ON d.tenant_id = wanted.tenant_id AND d.loan_id = wanted.loan_id AND d.effective_at > wanted.later_than
    LEFT JOIN journal_entries AS r ON r.tenant_id = d.tenant_id AND r.reverses_entry_id = d.accrual_entry_id"""
READ_TOTALS = """SELECT tenant_id::text, account_code, currency, layer, sum(dr_minor)::text, sum(cr_minor)::text
    FROM account_totals WHERE tenant_id = ANY ($1::uuid[]) GROUP BY 1, 2, 3, 4"""


TOTALS_LOCK = 1
"""Seed of the advisory locks on tenants; those on keys have 0."""


class PostgresPen:
    """Used by one batch at a time, on one connection."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self._stripe = connection.get_server_pid() % STRIPES

    async def post(self, batch: Batch) -> None:
        """One transaction; raises asyncpg's errors, with nothing written unless the commit itself was lost.

        Writers share a tenant's totals: a batch that brings one near the largest amount is decided again, with no other at work.
        """
        if not await self._post(batch, "pg_advisory_xact_lock_shared"):
            await self._post(batch, "pg_advisory_xact_lock", alone=True)

    async def _post(self, batch: Batch, lock: str, alone: bool = False) -> bool:
        """Whether the batch was decided for good."""
        connection = self.connection
        admitted = "{" + ",".join(batch.tenant_ids) + "}"
        await connection.execute(
            f"BEGIN; SET LOCAL hpts.tenant_ids = '{admitted}';"
            f"SELECT {lock}(hashtextextended(tenant_id, {TOTALS_LOCK})) FROM unnest('{admitted}'::text[]) AS tenant_id"
        )
        try:
            found = await self._claim(batch)
            writes = batch.decide(found)
            is_final = alone or not found.book.is_near_limit
            if writes is not None and is_final:
                await connection.fetch(WRITE, *self._arguments(batch, writes))
        except BaseException:
            if not connection.is_closed():
                await connection.execute("ROLLBACK")
            raise
        await connection.execute("COMMIT" if writes is not None and is_final else "ROLLBACK")
        return is_final

    async def _claim(self, batch: Batch) -> Found:
        answers, busy = await self._claim_keys(batch.keys)
        entries = await self._read_entries(batch.entries)
        loans = await self._lock_loans(batch.loans(entries))
        book = Book(loans, await self._read_totals(batch.tenant_ids), await self._with_reversals(entries))
        return Found(answers, busy, book)

    async def _claim_keys(self, keys: Sequence[TenantAndId]) -> tuple[dict[TenantAndId, StoredAnswer], frozenset[TenantAndId]]:
        answers, busy = {}, set()
        for tenant_id, key, request_hash, body, is_mine in await self.connection.fetch(CLAIM_KEYS, *_columns(keys, 2)):
            if request_hash is not None:
                answers[tenant_id, key] = StoredAnswer(request_hash, body)
            elif not is_mine:
                busy.add((tenant_id, key))
        return answers, frozenset(busy)

    async def _read_entries(self, wanted: Sequence[TenantAndId]) -> dict[TenantAndId, RecordedEntry]:
        entries: dict[TenantAndId, RecordedEntry] = {}
        if not wanted:
            return entries
        found = await self.connection.fetch(READ_ENTRIES, *_columns(wanted, 2))
        for tenant_id, entry_id, event_type, effective_at in found:
            lines = [Line(*row) for row in await self.connection.fetch(READ_LINES, tenant_id, entry_id)]
            entries[tenant_id, entry_id] = RecordedEntry(event_type, effective_at, lines, None)
        return entries

    async def _with_reversals(self, entries: dict[TenantAndId, RecordedEntry]) -> dict[TenantAndId, RecordedEntry]:
        """The entries with what reverses them, read once their loans are locked: from then on no other writer reverses them."""
        if entries:
            found = await self.connection.fetch(READ_REVERSALS, *_columns(list(entries), 2))
            for tenant_id, entry_id, reversed_by in found:
                entries[tenant_id, entry_id] = replace(entries[tenant_id, entry_id], reversed_by=reversed_by)
        return entries

    async def _lock_loans(self, wanted: Mapping[TenantAndId, date]) -> dict[TenantAndId, LoanAccount]:
        loans: dict[TenantAndId, LoanAccount] = {}
        for row in await self.connection.fetch(LOCK_LOANS, *_columns(sorted(wanted), 2)):
            tenant_id, loan_id, borrower_id, currency, opened_on, last_on, *balances = row
            loans[tenant_id, loan_id] = LoanAccount(tenant_id, loan_id, borrower_id, currency, opened_on, last_on, balances)
        dated = [(*key, wanted[key]) for key, loan in loans.items() if loan.last_effective_on > wanted[key]]
        if dated:
            found = await self.connection.fetch(READ_DAYS, *_columns(dated, 3))
            for tenant_id, loan_id, day, *changes, accrual_entry_id in found:
                loan = loans[tenant_id, loan_id]
                loan.days[day] = changes
                if accrual_entry_id is not None:
                    loan.accruals[day] = accrual_entry_id
        return loans

    async def _read_totals(self, tenant_ids: Sequence[str]) -> dict[AccountKey, list[int]]:
        found = await self.connection.fetch(READ_TOTALS, tenant_ids)
        return {tuple(row[:4]): [int(row[4]), int(row[5])] for row in found}

    def _arguments(self, batch: Batch, writes: Writes) -> list[Any]:
        """The columns of every table, in the order of the parameters of `WRITE`."""
        book, posted_at = writes.book, str(writes.posted_at)
        changed = rows.changed_loans(book)
        return [
            *arguments(((tenant_id,) for tenant_id in batch.tenant_ids), TENANT_TYPES),
            *arguments(rows.line_rows(book), LINE_TYPES),
            *arguments(rows.entry_rows(book, posted_at), ENTRY_TYPES),
            *arguments(rows.key_rows(writes.keys, posted_at), KEY_TYPES),
            *arguments(rows.opened_rows(changed, posted_at), OPENED_TYPES),
            *arguments(rows.updated_rows(changed, posted_at), UPDATED_TYPES),
            *arguments(rows.day_rows(changed, posted_at), DAY_TYPES),
            *arguments(rows.account_total_rows(book, self._stripe), TOTAL_TYPES),
            *arguments(rows.account_day_rows(book, self._stripe), ACCOUNT_DAY_TYPES),
        ]


def _columns(table: Iterable[Sequence[Any]], width: int) -> Sequence[Sequence[Any]]:
    """Rows turned into `width` columns; no rows give empty columns."""
    return list(zip(*table, strict=True)) or [()] * width
