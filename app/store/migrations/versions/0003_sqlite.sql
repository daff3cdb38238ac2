-- One statement a paragraph. Entries that were posted before have no key: they are never changed.

ALTER TABLE journal_entries ADD COLUMN idempotency_key TEXT

-- Indexes leave out what a payment of today has, where it is found without them: postings are to stay cheap.

CREATE INDEX journal_entries_type ON journal_entries (tenant_id, event_type, journal_entry_id) WHERE event_type <> 'payment_received'

CREATE INDEX journal_entries_day ON journal_entries (tenant_id, effective_at, journal_entry_id)
    WHERE effective_at <> date(posted_at)

CREATE INDEX journal_entries_actor ON journal_entries (tenant_id, actor, journal_entry_id)

CREATE INDEX journal_entries_correlation ON journal_entries (tenant_id, correlation_id, journal_entry_id)

CREATE INDEX journal_lines_account ON journal_lines (tenant_id, account_code, currency, journal_entry_id)
    WHERE account_code <> '1050' AND (sequence <= 100 OR loan_id IS NULL)

CREATE INDEX journal_lines_reference ON journal_lines (tenant_id, external_ref, journal_entry_id) WHERE external_ref IS NOT NULL

-- Keys that were forgotten, with the moment of what they posted: entries are still found by them.

CREATE TABLE former_keys (
    tenant_id TEXT NOT NULL,
    key TEXT NOT NULL,
    created_at DATETIME NOT NULL,
    PRIMARY KEY (tenant_id, key, created_at)
) WITHOUT ROWID
