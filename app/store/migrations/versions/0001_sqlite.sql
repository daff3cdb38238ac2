-- One statement a paragraph. Lines are inserted first; inserting their entry seals it, and checks that it balances and is whole.

CREATE TABLE tenants (tenant_id TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID

CREATE TABLE secrets (name TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL)

CREATE TABLE journal_entries (
    tenant_id TEXT NOT NULL,
    journal_entry_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    event_type TEXT NOT NULL,
    effective_at DATE NOT NULL,
    posted_at DATETIME NOT NULL,
    line_count INTEGER NOT NULL CHECK (line_count BETWEEN 0 AND 32767),
    correlation_id TEXT NOT NULL,
    actor TEXT NOT NULL,
    reverses_entry_id TEXT,
    description TEXT,
    details JSON,
    PRIMARY KEY (tenant_id, journal_entry_id)
) WITHOUT ROWID

CREATE UNIQUE INDEX journal_entries_reversal ON journal_entries (tenant_id, reverses_entry_id) WHERE reverses_entry_id IS NOT NULL

CREATE TABLE journal_lines (
    tenant_id TEXT NOT NULL,
    journal_entry_id TEXT NOT NULL,
    sequence INTEGER NOT NULL CHECK (sequence BETWEEN 1 AND 32767),
    effective_at DATE NOT NULL,
    account_code TEXT NOT NULL CHECK (account_code GLOB '[0-9][0-9][0-9][0-9]'),
    direction TEXT NOT NULL CHECK (direction IN ('DR', 'CR')),
    amount_minor INTEGER NOT NULL CHECK (typeof(amount_minor) = 'integer' AND amount_minor > 0),
    currency TEXT NOT NULL CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
    layer TEXT NOT NULL CHECK (layer IN ('SETTLED', 'PENDING', 'ENCUMBRANCE')),
    loan_id TEXT,
    borrower_id TEXT,
    external_ref TEXT,
    PRIMARY KEY (tenant_id, journal_entry_id, sequence),
    FOREIGN KEY (tenant_id, journal_entry_id) REFERENCES journal_entries DEFERRABLE INITIALLY DEFERRED
) WITHOUT ROWID

CREATE INDEX journal_lines_loan ON journal_lines (
    tenant_id, loan_id, journal_entry_id,
    -- what reconciliation adds up by loan, without a look-up of each line
    account_code, direction, amount_minor, effective_at
) WHERE loan_id IS NOT NULL

CREATE TABLE loans (
    tenant_id TEXT NOT NULL,
    loan_id TEXT NOT NULL,
    borrower_id TEXT NOT NULL,
    currency TEXT NOT NULL,
    opened_on DATE NOT NULL,
    last_effective_on DATE NOT NULL,
    last_posted_at DATETIME NOT NULL,
    principal_minor INTEGER NOT NULL CHECK (principal_minor >= 0),
    interest_minor INTEGER NOT NULL CHECK (interest_minor >= 0),
    fees_minor INTEGER NOT NULL CHECK (fees_minor >= 0),
    suspense_minor INTEGER NOT NULL CHECK (suspense_minor >= 0),
    PRIMARY KEY (tenant_id, loan_id)
) WITHOUT ROWID

CREATE TABLE loan_days (
    tenant_id TEXT NOT NULL,
    loan_id TEXT NOT NULL,
    effective_at DATE NOT NULL,
    last_posted_at DATETIME NOT NULL,
    principal_minor INTEGER NOT NULL,
    interest_minor INTEGER NOT NULL,
    fees_minor INTEGER NOT NULL,
    suspense_minor INTEGER NOT NULL,
    accrual_entry_id TEXT,
    PRIMARY KEY (tenant_id, loan_id, effective_at)
) WITHOUT ROWID

CREATE TABLE account_totals (
    tenant_id TEXT NOT NULL,
    account_code TEXT NOT NULL,
    currency TEXT NOT NULL,
    layer TEXT NOT NULL,
    stripe INTEGER NOT NULL,
    dr_minor INTEGER NOT NULL CHECK (dr_minor >= 0),
    cr_minor INTEGER NOT NULL CHECK (cr_minor >= 0),
    PRIMARY KEY (tenant_id, account_code, currency, layer, stripe)
) WITHOUT ROWID

CREATE TABLE account_days (
    tenant_id TEXT NOT NULL,
    account_code TEXT NOT NULL,
    currency TEXT NOT NULL,
    layer TEXT NOT NULL,
    effective_at DATE NOT NULL,
    stripe INTEGER NOT NULL,
    dr_minor INTEGER NOT NULL CHECK (dr_minor >= 0),
    cr_minor INTEGER NOT NULL CHECK (cr_minor >= 0),
    PRIMARY KEY (tenant_id, account_code, currency, layer, effective_at, stripe)
) WITHOUT ROWID

CREATE TABLE idempotency_keys (
    tenant_id TEXT NOT NULL,
    key TEXT NOT NULL,
    request_hash BLOB NOT NULL,
    response_body BLOB NOT NULL,
    created_at DATETIME NOT NULL,
    PRIMARY KEY (tenant_id, key)
)

CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at)

CREATE TABLE reconciliation_runs (
    tenant_id TEXT NOT NULL,
    as_of_date DATE NOT NULL,
    run_id TEXT NOT NULL,
    checked_at DATETIME NOT NULL,
    result JSON NOT NULL,
    PRIMARY KEY (tenant_id, as_of_date, run_id)
)

CREATE TRIGGER journal_entries_no_update BEFORE UPDATE ON journal_entries
BEGIN SELECT RAISE(ABORT, 'the journal is append-only: UPDATE on journal_entries is refused'); END

CREATE TRIGGER journal_entries_no_delete BEFORE DELETE ON journal_entries
BEGIN SELECT RAISE(ABORT, 'the journal is append-only: DELETE on journal_entries is refused'); END

CREATE TRIGGER journal_lines_no_update BEFORE UPDATE ON journal_lines
BEGIN SELECT RAISE(ABORT, 'the journal is append-only: UPDATE on journal_lines is refused'); END

CREATE TRIGGER journal_lines_no_delete BEFORE DELETE ON journal_lines
BEGIN SELECT RAISE(ABORT, 'the journal is append-only: DELETE on journal_lines is refused'); END

CREATE TRIGGER journal_lines_sealed BEFORE INSERT ON journal_lines
WHEN EXISTS (
    SELECT 1 FROM journal_entries WHERE tenant_id = NEW.tenant_id AND journal_entry_id = NEW.journal_entry_id
)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only: the entry has its lines already'); END

CREATE TRIGGER journal_entries_balanced BEFORE INSERT ON journal_entries
WHEN EXISTS (
    SELECT 1 FROM journal_lines WHERE tenant_id = NEW.tenant_id AND journal_entry_id = NEW.journal_entry_id
    GROUP BY currency, layer
    HAVING sum(CASE direction WHEN 'DR' THEN amount_minor ELSE -amount_minor END) <> 0
)
BEGIN SELECT RAISE(ABORT, 'the journal entry does not balance'); END

CREATE TRIGGER journal_entries_whole BEFORE INSERT ON journal_entries
WHEN (
    SELECT count(*) <> NEW.line_count OR coalesce(max(sequence), 0) <> NEW.line_count
    FROM journal_lines WHERE tenant_id = NEW.tenant_id AND journal_entry_id = NEW.journal_entry_id
)
BEGIN SELECT RAISE(ABORT, 'the journal entry is not whole'); END
