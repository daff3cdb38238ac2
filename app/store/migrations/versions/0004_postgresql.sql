-- One statement a paragraph. An entry's position in the commit order is the id of its transaction: every transaction that is still
-- under way has one that is not below the horizon, so that a reader who stays below it misses nothing, and no second row is written.

ALTER TABLE journal_entries ADD COLUMN commit_position bigint NOT NULL DEFAULT 0

-- Transaction ids of another server may be lower than those that its data came with: the offset makes positions grow nevertheless.
CREATE FUNCTION hpts_position_offset() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT 0::bigint'

-- What is there already was committed before anything that comes.
ALTER TABLE journal_entries ALTER COLUMN commit_position SET DEFAULT txid_current() + hpts_position_offset()

CREATE INDEX journal_entries_commit_order ON journal_entries (tenant_id, commit_position, journal_entry_id)

CREATE TABLE webhook_endpoints (
    tenant_id uuid NOT NULL,
    webhook_endpoint_id uuid NOT NULL,
    url text NOT NULL,
    event_types jsonb,
    description text,
    status text NOT NULL CHECK (status IN ('enabled', 'disabled')),
    created_at timestamptz NOT NULL,
    secret bytea NOT NULL,
    previous_secret bytea,
    previous_secret_expires_at timestamptz,
    start_position bigint NOT NULL,
    start_entry_id uuid NOT NULL,
    cursor_position bigint NOT NULL,
    cursor_entry_id uuid NOT NULL,
    counted_position bigint NOT NULL,
    counted_entry_id uuid NOT NULL,
    counted_entries bigint NOT NULL CHECK (counted_entries >= 0),
    tried_entries bigint NOT NULL CHECK (tried_entries >= 0),
    delivered_entries bigint NOT NULL CHECK (delivered_entries >= 0),
    pending_entries bigint NOT NULL CHECK (pending_entries >= 0),
    failing_entries bigint NOT NULL CHECK (failing_entries >= 0),
    last_success_at timestamptz,
    last_failure_at timestamptz,
    last_failure_entry_id uuid,
    last_failure_response_status integer,
    last_failure_error text,
    failing_since timestamptz,
    lease_owner text,
    lease_epoch bigint NOT NULL,
    lease_expires_at timestamptz,
    PRIMARY KEY (tenant_id, webhook_endpoint_id)
) WITH (fillfactor = 50)

CREATE TABLE webhook_deliveries (
    tenant_id uuid NOT NULL,
    webhook_endpoint_id uuid NOT NULL,
    journal_entry_id uuid NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'delivered', 'failed')),
    attempt_count integer NOT NULL CHECK (attempt_count >= 0),
    round_attempts integer NOT NULL CHECK (round_attempts >= 0),
    first_attempt_at timestamptz,
    last_attempt_at timestamptz,
    next_attempt_at timestamptz,
    response_status integer,
    error text,
    PRIMARY KEY (tenant_id, webhook_endpoint_id, journal_entry_id)
)

CREATE INDEX webhook_deliveries_due ON webhook_deliveries (tenant_id, webhook_endpoint_id, next_attempt_at)
WHERE next_attempt_at IS NOT NULL

CREATE INDEX webhook_deliveries_not_delivered ON webhook_deliveries (tenant_id, webhook_endpoint_id, status, journal_entry_id)
WHERE status <> 'delivered'

-- The positions of what was restored from another server may lie above this server's transaction ids: then the offset is raised.
CREATE FUNCTION hpts_continue_positions() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    newest bigint;
    next_position bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('hpts_continue_positions', 0));
    SELECT greatest(
        (SELECT max(entry.commit_position) FROM (SELECT DISTINCT tenant_id FROM tenants) AS tenant CROSS JOIN LATERAL (
            SELECT commit_position FROM journal_entries WHERE tenant_id = tenant.tenant_id
            ORDER BY commit_position DESC LIMIT 1) AS entry),
        (SELECT max(greatest(start_position, cursor_position, counted_position)) FROM webhook_endpoints)) INTO newest;
    next_position := txid_snapshot_xmin(txid_current_snapshot()) + hpts_position_offset();
    IF newest >= next_position THEN
        EXECUTE format('CREATE OR REPLACE FUNCTION %s.hpts_position_offset() RETURNS bigint LANGUAGE sql STABLE AS %L',
            (SELECT pronamespace::regnamespace FROM pg_proc WHERE oid = 'hpts_position_offset()'::regprocedure),
            format('SELECT %s::bigint', hpts_position_offset() + newest - next_position + 1));
    END IF;
END $$

CREATE FUNCTION hpts_has_unattended_endpoint() RETURNS boolean LANGUAGE sql VOLATILE SECURITY DEFINER AS $$
    SELECT EXISTS (SELECT FROM webhook_endpoints
        WHERE status = 'enabled' AND (lease_expires_at IS NULL OR lease_expires_at <= clock_timestamp()))
$$

CREATE FUNCTION hpts_claim_endpoints(owner text, seconds double precision, most integer)
RETURNS TABLE (claimed_tenant_id uuid, claimed_endpoint_id uuid) LANGUAGE sql VOLATILE SECURITY DEFINER AS $$
    UPDATE webhook_endpoints AS endpoint
    SET lease_owner = owner, lease_epoch = endpoint.lease_epoch + 1,
        lease_expires_at = clock_timestamp() + make_interval(secs => seconds)
    FROM (SELECT tenant_id, webhook_endpoint_id FROM webhook_endpoints
        WHERE status = 'enabled' AND (lease_expires_at IS NULL OR lease_expires_at <= clock_timestamp())
        ORDER BY lease_expires_at NULLS FIRST LIMIT most FOR UPDATE SKIP LOCKED) AS free
    WHERE endpoint.tenant_id = free.tenant_id AND endpoint.webhook_endpoint_id = free.webhook_endpoint_id
    RETURNING endpoint.tenant_id, endpoint.webhook_endpoint_id
$$

CREATE FUNCTION hpts_tenants_with_endpoints() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT DISTINCT tenant_id FROM webhook_endpoints
$$

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['hpts_continue_positions()', 'hpts_has_unattended_endpoint()', 'hpts_tenants_with_endpoints()',
                                'hpts_claim_endpoints(text, double precision, integer)'] LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, %I, pg_temp', name, current_schema());
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', name);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO hpts_app', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['webhook_endpoints', 'webhook_deliveries'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        -- coalesce keeps the policy out of index conditions: it would read a whole tenant where a key is given
        EXECUTE format('CREATE POLICY tenant ON %I USING (coalesce(tenant_id = ANY ((SELECT coalesce(nullif('
            'current_setting(''hpts.tenant_ids'', true), ''''), ''{}'')::uuid[])::uuid[]), false))', name);
        EXECUTE format('CREATE POLICY owner ON %I TO %I USING (true)', name, current_user);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO hpts_app', name);
    END LOOP;
END $$

REVOKE ALL ON FUNCTION hpts_position_offset() FROM PUBLIC

GRANT EXECUTE ON FUNCTION hpts_position_offset() TO hpts_app

GRANT UPDATE (status, secret, previous_secret, previous_secret_expires_at, cursor_position, cursor_entry_id, counted_position,
    counted_entry_id, counted_entries, tried_entries, delivered_entries, pending_entries, failing_entries, last_success_at,
    last_failure_at, last_failure_entry_id, last_failure_response_status, last_failure_error, failing_since, lease_owner,
    lease_epoch, lease_expires_at) ON webhook_endpoints TO hpts_app

GRANT UPDATE (status, attempt_count, round_attempts, first_attempt_at, last_attempt_at, next_attempt_at, response_status, error)
    ON webhook_deliveries TO hpts_app
