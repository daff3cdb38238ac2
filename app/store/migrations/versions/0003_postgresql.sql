-- One statement a paragraph. Entries that were posted before have no key: they are never changed.

ALTER TABLE journal_entries ADD COLUMN idempotency_key text

-- Indexes leave out what a payment of today has, where it is found without them: postings are to stay cheap.

CREATE INDEX journal_entries_type ON journal_entries (tenant_id, event_type, journal_entry_id) WHERE event_type <> 'payment_received'

CREATE INDEX journal_entries_day ON journal_entries (tenant_id, effective_at, journal_entry_id)
    WHERE effective_at <> (posted_at AT TIME ZONE 'UTC')::date

CREATE INDEX journal_entries_actor ON journal_entries (tenant_id, actor, journal_entry_id)

CREATE INDEX journal_entries_correlation ON journal_entries (tenant_id, correlation_id, journal_entry_id)

CREATE INDEX journal_lines_account ON journal_lines (tenant_id, account_code, currency, journal_entry_id)
    WHERE account_code <> '1050' AND (sequence <= 100 OR loan_id IS NULL)

CREATE INDEX journal_lines_reference ON journal_lines (tenant_id, external_ref, journal_entry_id) WHERE external_ref IS NOT NULL

-- Keys that were forgotten, with the moment of what they posted: entries are still found by them.

CREATE TABLE former_keys (
    tenant_id uuid NOT NULL,
    key text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, key, created_at)
)

ALTER TABLE former_keys ENABLE ROW LEVEL SECURITY

ALTER TABLE former_keys FORCE ROW LEVEL SECURITY

CREATE POLICY tenant ON former_keys USING (coalesce(tenant_id = ANY ((SELECT coalesce(nullif(
    current_setting('hpts.tenant_ids', true), ''), '{}')::uuid[])::uuid[]), false))

GRANT SELECT ON former_keys TO hpts_app

CREATE OR REPLACE FUNCTION hpts_forget_keys(tenant uuid, before timestamptz) RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$
    WITH forgotten AS (
        DELETE FROM idempotency_keys
        WHERE tenant_id = tenant AND hpts_admits(tenant) AND created_at < least(before, now() - interval '24 hours')
        RETURNING tenant_id, key, created_at
    ), kept AS (
        INSERT INTO former_keys SELECT tenant_id, key, created_at FROM forgotten ON CONFLICT DO NOTHING
    )
    SELECT count(*) FROM forgotten
$$

DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION hpts_forget_keys(uuid, timestamptz) SET search_path = pg_catalog, %I, pg_temp', current_schema());
END $$
