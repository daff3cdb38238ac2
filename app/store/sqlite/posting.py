"""The writer's transaction on SQLite, in the four steps of `app.store.transaction`; BEGIN IMMEDIATE makes writers take turns."""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

import orjson

from app.ids import END_OF_TIME
from app.ledger.book import Book, EntryKey, LoanKey, ReversibleEntry
from app.ledger.effects import AccountKey
from app.ledger.entry import Line
from app.ledger.loan import LoanAccount
from app.store import columns, rows
from app.store.rows import READ_LOAN_COLUMNS
from app.store.sqlite import write_statements as write
from app.store.tables import loan_days
from app.store.transaction import CommandBatch, Snapshot, StoredAnswer, Writes

_STRIPE: Final = 0
# CROSS JOIN below is SQLite's way to fix the order: the wanted rows first, each then looked up by its key
_WANTED: Final = "json_each(?) AS wanted"
_TENANT, _SECOND, _THIRD = (f"wanted.value ->> {number}" for number in range(3))

_READ_KEYS: Final = f"""SELECT k.tenant_id, k.key, k.request_hash, k.response_body FROM {_WANTED}
    CROSS JOIN idempotency_keys AS k ON k.tenant_id = {_TENANT} AND k.key = {_SECOND}"""
_READ_ENTRIES: Final = f"""SELECT e.tenant_id, e.journal_entry_id, e.event_type, e.effective_at, r.journal_entry_id FROM {_WANTED}
    CROSS JOIN journal_entries AS e ON e.tenant_id = {_TENANT} AND e.journal_entry_id = {_SECOND}
    LEFT JOIN journal_entries AS r ON r.tenant_id = e.tenant_id AND r.reverses_entry_id = e.journal_entry_id"""
_READ_LINES: Final = f"""SELECT {columns.column_list(Line._fields)}
    FROM journal_lines WHERE tenant_id = ? AND journal_entry_id = ? ORDER BY sequence"""
_READ_LOANS: Final = f"""SELECT {columns.column_list(READ_LOAN_COLUMNS, "l")} FROM {_WANTED}
    CROSS JOIN loans AS l ON l.tenant_id = {_TENANT} AND l.loan_id = {_SECOND}"""
_READ_DAYS: Final = f"""SELECT d.tenant_id, d.loan_id, d.effective_at,
        {columns.column_list(columns.amount_names(loan_days), "d")},
        iif(r.journal_entry_id IS NULL, d.accrual_entry_id, NULL) FROM {_WANTED}
    CROSS JOIN loan_days AS d ON d.tenant_id = {_TENANT} AND d.loan_id = {_SECOND} AND d.effective_at >= {_THIRD}
    LEFT JOIN journal_entries AS r ON r.tenant_id = d.tenant_id AND r.reverses_entry_id = d.accrual_entry_id"""
_READ_TOTALS: Final = f"""SELECT t.tenant_id, t.account_code, t.currency, t.layer, t.dr_minor, t.cr_minor FROM {_WANTED}
    CROSS JOIN account_totals AS t ON t.tenant_id = wanted.value AND t.stripe = {_STRIPE}"""
_READ_NEWEST_ENTRIES: Final = f"""SELECT wanted.value, (SELECT max(e.journal_entry_id) FROM journal_entries AS e
        WHERE e.tenant_id = wanted.value AND e.journal_entry_id < '{END_OF_TIME}') AS newest
    FROM {_WANTED} WHERE newest IS NOT NULL"""


class SqlitePostingTransaction:
    """Posts one batch at a time, in one thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        sqlite3.register_adapter(date, date.isoformat)

    def post(self, batch: CommandBatch) -> None:
        """One transaction; raises sqlite3.Error, with nothing written."""
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            writes = batch.decide(self._read(batch))
            if writes is not None:
                self._write(batch, writes)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def _read(self, batch: CommandBatch) -> Snapshot:
        answers = {(row[0], row[1]): StoredAnswer(row[2], row[3]) for row in self._select(_READ_KEYS, batch.keys)}
        entries = self._read_entries(batch.entries)
        book = Book(self._read_loans(batch.loans(entries)), self._read_totals(batch.tenant_ids), entries)
        return Snapshot(answers, frozenset(), book, dict(self._select(_READ_NEWEST_ENTRIES, batch.tenant_ids)))

    def _select(self, statement: str, wanted: Sequence[object]) -> list[Any]:
        return self._connection.execute(statement, (orjson.dumps(wanted).decode(),)).fetchall() if wanted else []

    def _read_entries(self, keys: Sequence[EntryKey]) -> dict[EntryKey, ReversibleEntry]:
        entries = {}
        for tenant_id, entry_id, event_type, effective_at, reversed_by in self._select(_READ_ENTRIES, keys):
            lines = [Line(*row) for row in self._connection.execute(_READ_LINES, (tenant_id, entry_id))]
            entries[tenant_id, entry_id] = ReversibleEntry(event_type, date.fromisoformat(effective_at), lines, reversed_by)
        return entries

    def _read_loans(self, changes_from: Mapping[LoanKey, date]) -> dict[LoanKey, LoanAccount]:
        loans = {}
        for tenant_id, loan_id, borrower_id, currency, opened_on, last_on, *balances in self._select(
            _READ_LOANS, list(changes_from)
        ):
            dates = date.fromisoformat(opened_on), date.fromisoformat(last_on)
            loans[tenant_id, loan_id] = LoanAccount(tenant_id, loan_id, borrower_id, currency, *dates, balances)
        dated = [(*key, changes_from[key]) for key, loan in loans.items() if loan.last_effective_on >= changes_from[key]]
        for tenant_id, loan_id, day, principal, interest, fees, suspense, accrual_entry_id in self._select(_READ_DAYS, dated):
            loans[tenant_id, loan_id].days[date.fromisoformat(day)] = [principal, interest, fees, suspense]
            if accrual_entry_id is not None:
                loans[tenant_id, loan_id].accruals[date.fromisoformat(day)] = accrual_entry_id
        return loans

    def _read_totals(self, tenant_ids: Sequence[str]) -> dict[AccountKey, list[int]]:
        return {tuple(row[:4]): list(row[4:]) for row in self._select(_READ_TOTALS, tenant_ids)}

    def _write(self, batch: CommandBatch, writes: Writes) -> None:
        book, moments = writes.book, rows.StoredMoments(_timestamp_text)
        written = rows.written_loans(book)
        many = self._connection.executemany
        many(write.INSERT_TENANTS, [(tenant_id,) for tenant_id in batch.tenant_ids])
        many(write.INSERT_LINES, rows.line_rows(book))
        many(write.INSERT_ENTRIES, rows.entry_rows(book, moments))
        many(write.INSERT_KEYS, rows.key_rows(writes.keys, moments))
        many(write.INSERT_LOANS, rows.opened_loan_rows(written, moments))
        many(write.UPDATE_LOANS, rows.changed_loan_rows(written, moments))
        many(write.ADD_LOAN_DAYS, rows.loan_day_rows(written, moments))
        many(write.ADD_ACCOUNT_TOTALS, rows.account_total_rows(book, _STRIPE))
        many(write.ADD_ACCOUNT_DAYS, rows.account_day_rows(book, _STRIPE))


def _timestamp_text(moment: datetime) -> str:
    """As SQLAlchemy keeps a timestamp on SQLite: UTC without the zone."""
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")
