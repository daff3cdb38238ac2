"""The writer's transaction on PostgreSQL, in the four steps of `app.store.transaction`.

Begin, claim keys, lock loans, read totals, write, commit: six round trips, whatever the size of the batch. Later dates of loans
are read, after their locks are held, only when a command is back-dated; entries only when one is reversed. Keys, tenants and
loans that another transaction holds are passed over, not waited for; rows are written in one order: writers cannot deadlock.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final, TypeVar

from app.ids import END_OF_TIME
from app.ledger.book import Book, EntryKey, LoanKey, ReversibleEntry
from app.ledger.effects import AccountKey
from app.ledger.entry import Line
from app.ledger.loan import LoanAccount
from app.limits import BATCH, STRIPES
from app.store import columns, rows
from app.store.postgresql.write_statement import WRITE, write_arguments
from app.store.rows import READ_LOAN_COLUMNS
from app.store.tables import journal_lines, loan_days, loans
from app.store.transaction import CommandBatch, IdempotencyKey, Snapshot, StoredAnswer, Writes

_T = TypeVar("_T")
_CLAIM_KEYS: Final = """SELECT wanted.tenant_id::text, wanted.key, answer.request_hash, answer.response_body,
        pg_try_advisory_xact_lock(hashtextextended(wanted.tenant_id::text || wanted.key, 0)),
        pg_try_advisory_xact_lock_shared(hashtextextended(wanted.tenant_id::text, 1))
    FROM unnest($1::uuid[], $2::text[]) AS wanted (tenant_id, key)
    LEFT JOIN idempotency_keys AS answer ON answer.tenant_id = wanted.tenant_id AND answer.key = wanted.key"""
_LOCK_TENANTS: Final = """SELECT pg_advisory_xact_lock(hashtextextended(tenant_id::text, 1))
    FROM unnest($1::uuid[]) AS tenant_id"""
_READ_ENTRIES: Final = """SELECT e.tenant_id::text, e.journal_entry_id::text, e.event_type, e.effective_at
    FROM unnest($1::uuid[], $2::uuid[]) AS wanted (tenant_id, journal_entry_id)
    JOIN journal_entries AS e USING (tenant_id, journal_entry_id)"""
_READ_REVERSALS: Final = """SELECT r.tenant_id::text, r.reverses_entry_id::text, r.journal_entry_id::text
    FROM unnest($1::uuid[], $2::uuid[]) AS wanted (tenant_id, journal_entry_id)
    JOIN journal_entries AS r ON r.tenant_id = wanted.tenant_id AND r.reverses_entry_id = wanted.journal_entry_id"""
_READ_LINES: Final = f"""SELECT {columns.column_list_with_ids_as_text(journal_lines, Line._fields, "l")}
    FROM journal_lines AS l WHERE l.tenant_id = $1 AND l.journal_entry_id = $2 ORDER BY l.sequence"""
_LOCK_LOANS: Final = f"""WITH locked AS MATERIALIZED (
        SELECT {columns.column_list_with_ids_as_text(loans, READ_LOAN_COLUMNS, "l")}
        FROM unnest($1::uuid[], $2::uuid[]) AS wanted (tenant_id, loan_id) JOIN loans AS l USING (tenant_id, loan_id)
        FOR NO KEY UPDATE OF l SKIP LOCKED)
    SELECT * FROM locked
    UNION ALL SELECT wanted.tenant_id::text, wanted.loan_id::text{", NULL" * (len(READ_LOAN_COLUMNS) - 2)}
    FROM unnest($1::uuid[], $2::uuid[]) AS wanted (tenant_id, loan_id) LEFT JOIN loans AS l USING (tenant_id, loan_id)
    WHERE (SELECT count(*) FROM locked) < cardinality($1) AND (l.borrower_id IS NOT NULL
        OR NOT pg_try_advisory_xact_lock(hashtextextended(wanted.tenant_id::text || wanted.loan_id::text, 2)))"""
"""The loans that could be locked. If some could not, rows of nothing but ids follow: those of all loans that exist, and of those
that another transaction is opening."""
_READ_DAYS: Final = f"""SELECT d.tenant_id::text, d.loan_id::text, d.effective_at,
        {columns.column_list(columns.amount_names(loan_days), "d")},
        CASE WHEN r.journal_entry_id IS NULL THEN d.accrual_entry_id::text END
    FROM unnest($1::uuid[], $2::uuid[], $3::date[]) AS wanted (tenant_id, loan_id, changes_from)
    JOIN loan_days AS d ON d.tenant_id = wanted.tenant_id AND d.loan_id = wanted.loan_id AND d.effective_at >= wanted.changes_from
    LEFT JOIN journal_entries AS r ON r.tenant_id = d.tenant_id AND r.reverses_entry_id = d.accrual_entry_id"""
_READ_TOTALS: Final = f"""SELECT tenant_id::text, account_code, currency, layer, sum(dr_minor)::text, sum(cr_minor)::text
    FROM account_totals WHERE tenant_id = ANY ($1::uuid[]) GROUP BY 1, 2, 3, 4
    UNION ALL SELECT wanted.tenant_id::text, newest.journal_entry_id::text, NULL, NULL, NULL, NULL
    FROM unnest($1::uuid[]) AS wanted (tenant_id) CROSS JOIN LATERAL (
        SELECT e.journal_entry_id FROM journal_entries AS e
        WHERE e.tenant_id = wanted.tenant_id AND e.journal_entry_id < '{END_OF_TIME}'
        ORDER BY e.journal_entry_id DESC LIMIT 1) AS newest"""


class PostgresPostingTransaction:
    """Posts one batch at a time, on one connection."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self._stripe = connection.get_server_pid() % STRIPES

    def use_next_stripe(self) -> None:
        """Another transaction may stay with a row of the present one."""
        self._stripe = (self._stripe + 1) % STRIPES

    async def post(self, batch: CommandBatch) -> None:
        """One transaction; raises asyncpg's errors, with nothing written unless the commit itself was lost.

        Writers share a tenant's totals: a batch that brings one near the largest amount is decided again, with no other at work.
        """
        if not await self._post(batch):
            await self._post(batch, alone=True)

    async def _post(self, batch: CommandBatch, alone: bool = False) -> bool:
        """Whether the batch was decided for good."""
        connection = self.connection
        await connection.execute(f"BEGIN; SET LOCAL hpts.tenant_ids = '{{{','.join(batch.tenant_ids)}}}'")
        try:
            if alone:
                await connection.execute(_LOCK_TENANTS, batch.tenant_ids)
            snapshot = await self._read(batch)
            is_large = len(snapshot.book.loans) > BATCH
            writes = await _worked_out(is_large, batch.decide, snapshot)
            is_final = alone or not snapshot.book.is_near_limit
            if writes is not None and is_final:
                await connection.fetch(WRITE, *await _worked_out(is_large, self._arguments, writes))
        except BaseException:
            if not connection.is_closed():
                await connection.execute("ROLLBACK")
            raise
        await connection.execute("COMMIT" if writes is not None and is_final else "ROLLBACK")
        return is_final

    async def _read(self, batch: CommandBatch) -> Snapshot:
        answers, in_flight, held_tenants = await self._claim_keys(batch.keys)
        entries = await self._read_entries(batch.entries)
        loans, held_loans = await self._lock_loans(batch.loans(entries))
        totals, newest_entry_ids = await self._read_totals(batch.tenant_ids)
        book = Book(loans, totals, await self._with_reversals(entries))
        return Snapshot(answers, in_flight, book, newest_entry_ids, held_loans, held_tenants)

    async def _claim_keys(
        self, keys: Sequence[IdempotencyKey]
    ) -> tuple[dict[IdempotencyKey, StoredAnswer], frozenset[IdempotencyKey], frozenset[str]]:
        """Answers, the keys in flight, and the tenants on which another writer must be alone."""
        answers, in_flight, held_tenants = {}, set(), set()
        for row in await self.connection.fetch(_CLAIM_KEYS, *_transposed(keys, 2)):
            tenant_id, key, request_hash, body, is_claimed, is_shared = row
            if request_hash is not None:
                answers[tenant_id, key] = StoredAnswer(request_hash, body)
            elif not is_claimed:
                in_flight.add((tenant_id, key))
            if not is_shared:
                held_tenants.add(tenant_id)
        return answers, frozenset(in_flight), frozenset(held_tenants)

    async def _read_entries(self, keys: Sequence[EntryKey]) -> dict[EntryKey, ReversibleEntry]:
        entries: dict[EntryKey, ReversibleEntry] = {}
        if not keys:
            return entries
        found = await self.connection.fetch(_READ_ENTRIES, *_transposed(keys, 2))
        for tenant_id, entry_id, event_type, effective_at in found:
            lines = [Line(*row) for row in await self.connection.fetch(_READ_LINES, tenant_id, entry_id)]
            entries[tenant_id, entry_id] = ReversibleEntry(event_type, effective_at, lines, None)
        return entries

    async def _with_reversals(self, entries: dict[EntryKey, ReversibleEntry]) -> dict[EntryKey, ReversibleEntry]:
        """The entries with what reverses them, read once their loans are locked: from then on no other writer reverses them."""
        if entries:
            found = await self.connection.fetch(_READ_REVERSALS, *_transposed(list(entries), 2))
            for tenant_id, entry_id, reversed_by in found:
                entries[tenant_id, entry_id] = replace(entries[tenant_id, entry_id], reversed_by=reversed_by)
        return entries

    async def _lock_loans(self, changes_from: Mapping[LoanKey, date]) -> tuple[dict[LoanKey, LoanAccount], frozenset[LoanKey]]:
        """The loans that no other transaction holds, and those that one does."""
        loans: dict[LoanKey, LoanAccount] = {}
        not_locked: set[LoanKey] = set()
        for row in await self.connection.fetch(_LOCK_LOANS, *_transposed(changes_from, 2)):
            tenant_id, loan_id, borrower_id, currency, opened_on, last_on, *balances = row
            if borrower_id is None:
                not_locked.add((tenant_id, loan_id))
                continue
            loans[tenant_id, loan_id] = LoanAccount(tenant_id, loan_id, borrower_id, currency, opened_on, last_on, balances)
        dated = [(*key, changes_from[key]) for key, loan in loans.items() if loan.last_effective_on >= changes_from[key]]
        if dated:
            found = await self.connection.fetch(_READ_DAYS, *_transposed(dated, 3))
            for tenant_id, loan_id, day, *changes, accrual_entry_id in found:
                loan = loans[tenant_id, loan_id]
                loan.days[day] = changes
                if accrual_entry_id is not None:
                    loan.accruals[day] = accrual_entry_id
        return loans, frozenset(not_locked - loans.keys())

    async def _read_totals(self, tenant_ids: Sequence[str]) -> tuple[dict[AccountKey, list[int]], dict[str, str]]:
        """The totals, and each tenant's newest entry: one statement, which sees all that was posted on the locked loans."""
        totals, newest_entry_ids = {}, {}
        for row in await self.connection.fetch(_READ_TOTALS, tenant_ids):
            if row[2] is None:
                newest_entry_ids[row[0]] = row[1]
            else:
                totals[tuple(row[:4])] = [int(row[4]), int(row[5])]
        return totals, newest_entry_ids

    def _arguments(self, writes: Writes) -> list[Any]:
        book, moments = writes.book, rows.StoredMoments(str)
        written = rows.written_loans(book)
        return write_arguments(
            (
                rows.line_rows(book),
                rows.entry_rows(book, moments),
                rows.key_rows(writes.keys, moments),
                rows.opened_loan_rows(written, moments),
                rows.changed_loan_rows(written, moments),
                rows.loan_day_rows(written, moments),
                rows.account_total_rows(book, self._stripe),
                rows.account_day_rows(book, self._stripe),
            )
        )


async def _worked_out(is_large: bool, function: Callable[..., _T], *arguments: Any) -> _T:
    """The function's result; for a large batch from a thread, so that the event loop goes on meanwhile."""
    return await asyncio.to_thread(function, *arguments) if is_large else function(*arguments)


def _transposed(keys: Iterable[Sequence[Any]], width: int) -> Sequence[Sequence[Any]]:
    """Keys turned into `width` columns; no keys give empty columns."""
    return list(zip(*keys, strict=True)) or [()] * width
