-- One statement a paragraph. Transactions of SQLite commit one after the other and an entry's id is greater than all before it, so
-- that the order of ids is the order of commits: the journal needs no further column.

CREATE TABLE webhook_endpoints (
    tenant_id TEXT NOT NULL,
    webhook_endpoint_id TEXT NOT NULL,
    url TEXT NOT NULL,
    event_types JSON,
    description TEXT,
    status TEXT NOT NULL CHECK (status IN ('enabled', 'disabled')),
    created_at DATETIME NOT NULL,
    secret BLOB NOT NULL,
    previous_secret BLOB,
    previous_secret_expires_at DATETIME,
    start_position INTEGER NOT NULL,
    start_entry_id TEXT NOT NULL,
    cursor_position INTEGER NOT NULL,
    cursor_entry_id TEXT NOT NULL,
    counted_position INTEGER NOT NULL,
    counted_entry_id TEXT NOT NULL,
    counted_entries INTEGER NOT NULL CHECK (counted_entries >= 0),
    tried_entries INTEGER NOT NULL CHECK (tried_entries >= 0),
    delivered_entries INTEGER NOT NULL CHECK (delivered_entries >= 0),
    pending_entries INTEGER NOT NULL CHECK (pending_entries >= 0),
    failing_entries INTEGER NOT NULL CHECK (failing_entries >= 0),
    last_success_at DATETIME,
    last_failure_at DATETIME,
    last_failure_entry_id TEXT,
    last_failure_response_status INTEGER,
    last_failure_error TEXT,
    failing_since DATETIME,
    lease_owner TEXT,
    lease_epoch INTEGER NOT NULL,
    lease_expires_at DATETIME,
    PRIMARY KEY (tenant_id, webhook_endpoint_id)
) WITHOUT ROWID

CREATE TABLE webhook_deliveries (
    tenant_id TEXT NOT NULL,
    webhook_endpoint_id TEXT NOT NULL,
    journal_entry_id TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'delivered', 'failed')),
    attempt_count INTEGER NOT NULL CHECK (attempt_count >= 0),
    round_attempts INTEGER NOT NULL CHECK (round_attempts >= 0),
    first_attempt_at DATETIME,
    last_attempt_at DATETIME,
    next_attempt_at DATETIME,
    response_status INTEGER,
    error TEXT,
    PRIMARY KEY (tenant_id, webhook_endpoint_id, journal_entry_id)
) WITHOUT ROWID

CREATE INDEX webhook_deliveries_due ON webhook_deliveries (tenant_id, webhook_endpoint_id, next_attempt_at)
WHERE next_attempt_at IS NOT NULL

CREATE INDEX webhook_deliveries_not_delivered ON webhook_deliveries (tenant_id, webhook_endpoint_id, status, journal_entry_id)
WHERE status <> 'delivered'
