"""The writer's transaction on SQLite, in the four phases of `app.store.phases`; BEGIN IMMEDIATE makes writers take turns."""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import orjson

from app.ledger.book import AccountKey, Book, RecordedEntry
from app.ledger.entry import Line
from app.ledger.loan import LoanAccount
from app.store import rows
from app.store.phases import (
    DAY_COLUMNS,
    ENTRY_COLUMNS,
    LINE_COLUMNS,
    LOAN_COLUMNS,
    Batch,
    Found,
    Row,
    StoredAnswer,
    TenantAndId,
    Writes,
)

STRIPE = 0
# CROSS JOIN below is SQLite's way to fix the order: the wanted rows first, each then looked up by its key
WANTED = "json_each(?) AS wanted"
TENANT, SECOND, THIRD = (f"wanted.value ->> {number}" for number in range(3))

READ_KEYS = f"""SELECT k.tenant_id, k.key, k.request_hash, k.response_body FROM {WANTED}
    CROSS JOIN idempotency_keys AS k ON k.tenant_id = {TENANT} AND k.key = {SECOND}"""
READ_ENTRIES = f"""SELECT e.tenant_id, e.journal_entry_id, e.event_type, e.effective_at, r.journal_entry_id FROM {WANTED}
    CROSS JOIN journal_entries AS e ON e.tenant_id = {TENANT} AND e.journal_entry_id = {SECOND}
    LEFT JOIN journal_entries AS r ON r.tenant_id = e.tenant_id AND r.reverses_entry_id = e.journal_entry_id"""
READ_LINES = """SELECT account_code, direction, amount_minor, currency, layer, loan_id, borrower_id, external_ref
    FROM journal_lines WHERE tenant_id = ? AND journal_entry_id = ? ORDER BY sequence"""
READ_LOANS = f"""SELECT {", ".join(f"l.{name}" for name in LOAN_COLUMNS.split(", "))}
    FROM {WANTED}
    CROSS JOIN loans AS l ON l.tenant_id = {TENANT} AND l.loan_id = {SECOND}"""
READ_DAYS = f"""SELECT d.tenant_id, d.loan_id, d.effective_at,
        d.principal_minor, d.interest_minor, d.fees_minor, d.suspense_minor,
        iif(r.journal_entry_id IS NULL, d.accrual_entry_id, NULL) FROM {WANTED}
    CROSS JOIN loan_days AS d ON d.tenant_id = {TENANT} AND d.loan_id = {SECOND} AND d.effective_at > {THIRD}
    LEFT JOIN journal_entries AS r ON r.tenant_id = d.tenant_id AND r.reverses_entry_id = d.accrual_entry_id"""
READ_TOTALS = f"""SELECT t.tenant_id, t.account_code, t.currency, t.layer, t.dr_minor, t.cr_minor FROM json_each(?) AS wanted
    CROSS JOIN account_totals AS t ON t.tenant_id = wanted.value AND t.stripe = {STRIPE}"""

WRITE_TENANTS = "INSERT OR IGNORE INTO tenants (tenant_id) VALUES (?)"
WRITE_LINES = f"INSERT INTO journal_lines ({LINE_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)"
WRITE_ENTRIES = f"INSERT INTO journal_entries ({ENTRY_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)"
WRITE_KEYS = "INSERT INTO idempotency_keys (tenant_id, key, request_hash, response_body, created_at) VALUES (?,?,?,?,?)"
OPEN_LOANS = """INSERT INTO loans (tenant_id, loan_id, borrower_id, currency, opened_on, last_effective_on, last_posted_at,
    principal_minor, interest_minor, fees_minor, suspense_minor) VALUES (?,?,?,?,?,?,?,?,?,?,?)"""
UPDATE_LOANS = """UPDATE loans SET opened_on = ?, last_effective_on = ?, last_posted_at = ?,
    principal_minor = ?, interest_minor = ?, fees_minor = ?, suspense_minor = ? WHERE tenant_id = ? AND loan_id = ?"""
ADD_DAYS = f"""INSERT INTO loan_days ({DAY_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?)
    ON CONFLICT DO UPDATE SET last_posted_at = excluded.last_posted_at,
    principal_minor = principal_minor + excluded.principal_minor, interest_minor = interest_minor + excluded.interest_minor,
    fees_minor = fees_minor + excluded.fees_minor, suspense_minor = suspense_minor + excluded.suspense_minor,
    accrual_entry_id = coalesce(excluded.accrual_entry_id, accrual_entry_id)"""
ADD_TOTALS = """INSERT INTO account_totals (tenant_id, account_code, currency, layer, stripe, dr_minor, cr_minor)
    VALUES (?,?,?,?,?,?,?)
    ON CONFLICT DO UPDATE SET dr_minor = dr_minor + excluded.dr_minor, cr_minor = cr_minor + excluded.cr_minor"""
ADD_ACCOUNT_DAYS = """INSERT INTO account_days
    (tenant_id, account_code, currency, layer, effective_at, stripe, dr_minor, cr_minor) VALUES (?,?,?,?,?,?,?,?)
    ON CONFLICT DO UPDATE SET dr_minor = dr_minor + excluded.dr_minor, cr_minor = cr_minor + excluded.cr_minor"""


class SqlitePen:
    """Used by one thread at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        sqlite3.register_adapter(date, date.isoformat)

    def close(self) -> None:
        self._connection.close()

    def post(self, batch: Batch) -> None:
        """One transaction; raises sqlite3.Error, with nothing written."""
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            writes = batch.decide(self._claim(batch))
            if writes is not None:
                self._write(batch, writes)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def _claim(self, batch: Batch) -> Found:
        answers = {(row[0], row[1]): StoredAnswer(row[2], row[3]) for row in self._select(READ_KEYS, batch.keys)}
        entries = self._read_entries(batch.entries)
        wanted = batch.loans(entries)
        book = Book(self._read_loans(wanted), self._read_totals(batch.tenant_ids), entries)
        return Found(answers, frozenset(), book)

    def _select(self, statement: str, wanted: Sequence[object]) -> list[Row]:
        return self._connection.execute(statement, (orjson.dumps(wanted).decode(),)).fetchall() if wanted else []

    def _read_entries(self, wanted: Sequence[TenantAndId]) -> dict[TenantAndId, RecordedEntry]:
        entries = {}
        for tenant_id, entry_id, event_type, effective_at, reversed_by in self._select(READ_ENTRIES, wanted):
            lines = [Line(*row) for row in self._connection.execute(READ_LINES, (tenant_id, entry_id))]
            entries[tenant_id, entry_id] = RecordedEntry(event_type, date.fromisoformat(effective_at), lines, reversed_by)
        return entries

    def _read_loans(self, wanted: Mapping[TenantAndId, date]) -> dict[TenantAndId, LoanAccount]:
        loans = {}
        for tenant_id, loan_id, borrower_id, currency, opened_on, last_on, *balances in self._select(READ_LOANS, list(wanted)):
            dates = date.fromisoformat(opened_on), date.fromisoformat(last_on)
            loans[tenant_id, loan_id] = LoanAccount(tenant_id, loan_id, borrower_id, currency, *dates, balances)
        dated = [(*key, wanted[key]) for key, loan in loans.items() if loan.last_effective_on > wanted[key]]
        for tenant_id, loan_id, day, principal, interest, fees, suspense, accrual_entry_id in self._select(READ_DAYS, dated):
            loans[tenant_id, loan_id].days[date.fromisoformat(day)] = [principal, interest, fees, suspense]
            if accrual_entry_id is not None:
                loans[tenant_id, loan_id].accruals[date.fromisoformat(day)] = accrual_entry_id
        return loans

    def _read_totals(self, tenant_ids: Sequence[str]) -> dict[AccountKey, list[int]]:
        return {tuple(row[:4]): list(row[4:]) for row in self._select(READ_TOTALS, tenant_ids)}

    def _write(self, batch: Batch, writes: Writes) -> None:
        book, posted_at = writes.book, _timestamp_text(writes.posted_at)
        many = self._connection.executemany
        many(WRITE_TENANTS, [(tenant_id,) for tenant_id in batch.tenant_ids])
        many(WRITE_LINES, rows.line_rows(book))
        many(WRITE_ENTRIES, rows.entry_rows(book, posted_at))
        many(WRITE_KEYS, rows.key_rows(writes.keys, posted_at))
        changed = rows.changed_loans(book)
        many(OPEN_LOANS, rows.opened_rows(changed, posted_at))
        many(UPDATE_LOANS, rows.updated_rows(changed, posted_at))
        many(ADD_DAYS, rows.day_rows(changed, posted_at))
        many(ADD_TOTALS, rows.account_total_rows(book, STRIPE))
        many(ADD_ACCOUNT_DAYS, rows.account_day_rows(book, STRIPE))


def _timestamp_text(moment: datetime) -> str:
    """As SQLAlchemy keeps a timestamp on SQLite: UTC without the zone."""
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")
