-- One statement a paragraph. What the application's role needs of a table that it may not write is a function of the owner.
-- Functions name their schema first and temporary tables last, so that no temporary table stands in for one of the ledger.

CREATE FUNCTION hpts_admits(tenant uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(tenant = ANY (coalesce(nullif(current_setting('hpts.tenant_ids', true), ''), '{}')::uuid[]), false)
$$

CREATE FUNCTION hpts_tenants() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT tenant_id FROM tenants
$$

-- Of all tables: a tenant whose row in `tenants` is gone would never be checked.
CREATE FUNCTION hpts_tenants_with_rows() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT tenant_id FROM journal_entries UNION SELECT tenant_id FROM journal_lines
    UNION SELECT tenant_id FROM loans UNION SELECT tenant_id FROM loan_days
    UNION SELECT tenant_id FROM account_totals UNION SELECT tenant_id FROM account_days
$$

CREATE FUNCTION hpts_forget_keys(tenant uuid, before timestamptz) RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$
    WITH forgotten AS (
        DELETE FROM idempotency_keys
        WHERE tenant_id = tenant AND hpts_admits(tenant) AND created_at < least(before, now() - interval '24 hours')
        RETURNING 1
    )
    SELECT count(*) FROM forgotten
$$

CREATE FUNCTION hpts_keep_run(tenant uuid, as_of date, run uuid, checked timestamptz, outcome jsonb)
RETURNS void LANGUAGE sql SECURITY DEFINER AS $$
    INSERT INTO reconciliation_runs (tenant_id, as_of_date, run_id, checked_at, result)
    SELECT tenant_id, as_of, run, least(checked, now() + interval '1 minute'), outcome
    FROM tenants WHERE tenant_id = tenant AND hpts_admits(tenant)
$$

-- Lines and their entry come in one statement; the lines' own trigger has checked that they balance and are complete.
CREATE FUNCTION hpts_check_new_entries() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    broken uuid;
BEGIN
    SELECT entry.journal_entry_id INTO broken
    FROM new_entries AS entry
    LEFT JOIN journal_lines AS line
        ON line.tenant_id = entry.tenant_id AND line.journal_entry_id = entry.journal_entry_id AND line.sequence = 1
    WHERE entry.line_count > 0 AND line.sequence IS NULL
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'journal entry % has no lines: insert an entry and its lines in one statement', broken
            USING ERRCODE = 'check_violation';
    END IF;
    INSERT INTO tenants SELECT DISTINCT tenant_id FROM new_entries ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$

CREATE TRIGGER complete AFTER INSERT ON journal_entries REFERENCING NEW TABLE AS new_entries
    FOR EACH STATEMENT EXECUTE FUNCTION hpts_check_new_entries()

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['hpts_refuse_change()', 'hpts_require_balanced()', 'hpts_check_new_entries()', 'hpts_admits(uuid)',
                                'hpts_tenants()', 'hpts_tenants_with_rows()', 'hpts_forget_keys(uuid, timestamptz)',
                                'hpts_keep_run(uuid, date, uuid, timestamptz, jsonb)'] LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, %I, pg_temp', name, current_schema());
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', name);
    END LOOP;
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC, hpts_app', current_database());
    -- The owner's functions read every tenant, also where the owner is no superuser and row-level security binds it too.
    FOREACH name IN ARRAY ARRAY['journal_entries', 'journal_lines', 'loans', 'loan_days', 'account_totals', 'account_days'] LOOP
        EXECUTE format('CREATE POLICY owner ON %I FOR SELECT TO %I USING (true)', name, current_user);
    END LOOP;
END $$

GRANT EXECUTE ON FUNCTION hpts_tenants(), hpts_tenants_with_rows(), hpts_forget_keys(uuid, timestamptz),
    hpts_keep_run(uuid, date, uuid, timestamptz, jsonb) TO hpts_app

ALTER TABLE tenants ENABLE ROW LEVEL SECURITY

CREATE POLICY tenant ON tenants USING (coalesce(tenant_id = ANY ((SELECT coalesce(nullif(
    current_setting('hpts.tenant_ids', true), ''), '{}')::uuid[])::uuid[]), false))

ALTER TABLE secrets ENABLE ROW LEVEL SECURITY

CREATE POLICY needed ON secrets FOR SELECT TO hpts_app USING (name = 'page_token')

REVOKE INSERT ON tenants, reconciliation_runs FROM hpts_app

REVOKE DELETE ON idempotency_keys FROM hpts_app

REVOKE UPDATE ON loans, loan_days, account_totals, account_days FROM hpts_app

GRANT UPDATE (opened_on, last_effective_on, last_posted_at, principal_minor, interest_minor, fees_minor, suspense_minor)
    ON loans TO hpts_app

GRANT UPDATE (last_posted_at, principal_minor, interest_minor, fees_minor, suspense_minor, accrual_entry_id) ON loan_days TO hpts_app

GRANT UPDATE (dr_minor, cr_minor) ON account_totals, account_days TO hpts_app
