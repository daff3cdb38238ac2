-- One statement a paragraph. Every key starts with the tenant; the journal comes first, then what can be rebuilt from it.

CREATE TABLE tenants (tenant_id uuid PRIMARY KEY)

CREATE TABLE secrets (name text PRIMARY KEY, value bytea NOT NULL)

CREATE TABLE journal_entries (
    tenant_id uuid NOT NULL,
    journal_entry_id uuid NOT NULL,
    event_id uuid NOT NULL,
    event_type text NOT NULL,
    effective_at date NOT NULL,
    posted_at timestamptz NOT NULL,
    line_count integer NOT NULL CHECK (line_count BETWEEN 0 AND 32767),
    correlation_id uuid NOT NULL,
    actor text NOT NULL,
    reverses_entry_id uuid,
    description text,
    details jsonb,
    PRIMARY KEY (tenant_id, journal_entry_id)
)

CREATE UNIQUE INDEX journal_entries_reversal ON journal_entries (tenant_id, reverses_entry_id) WHERE reverses_entry_id IS NOT NULL

CREATE TABLE journal_lines (
    tenant_id uuid NOT NULL,
    journal_entry_id uuid NOT NULL,
    sequence smallint NOT NULL CHECK (sequence >= 1),
    effective_at date NOT NULL,
    account_code text NOT NULL CHECK (account_code ~ '^[0-9]{4}$'),
    direction text NOT NULL CHECK (direction IN ('DR', 'CR')),
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    layer text NOT NULL CHECK (layer IN ('SETTLED', 'PENDING', 'ENCUMBRANCE')),
    loan_id uuid,
    borrower_id uuid,
    external_ref text,
    PRIMARY KEY (tenant_id, journal_entry_id, sequence)
)

CREATE INDEX journal_lines_loan ON journal_lines (tenant_id, loan_id, journal_entry_id) WHERE loan_id IS NOT NULL

CREATE TABLE loans (
    tenant_id uuid NOT NULL,
    loan_id uuid NOT NULL,
    borrower_id uuid NOT NULL,
    currency text NOT NULL,
    opened_on date NOT NULL,
    last_effective_on date NOT NULL,
    last_posted_at timestamptz NOT NULL,
    principal_minor bigint NOT NULL CHECK (principal_minor >= 0),
    interest_minor bigint NOT NULL CHECK (interest_minor >= 0),
    fees_minor bigint NOT NULL CHECK (fees_minor >= 0),
    suspense_minor bigint NOT NULL CHECK (suspense_minor >= 0),
    PRIMARY KEY (tenant_id, loan_id)
) WITH (fillfactor = 75)

CREATE TABLE loan_days (
    tenant_id uuid NOT NULL,
    loan_id uuid NOT NULL,
    effective_at date NOT NULL,
    last_posted_at timestamptz NOT NULL,
    principal_minor bigint NOT NULL,
    interest_minor bigint NOT NULL,
    fees_minor bigint NOT NULL,
    suspense_minor bigint NOT NULL,
    accrual_entry_id uuid,
    PRIMARY KEY (tenant_id, loan_id, effective_at)
) WITH (fillfactor = 90)

CREATE TABLE account_totals (
    tenant_id uuid NOT NULL,
    account_code text NOT NULL,
    currency text NOT NULL,
    layer text NOT NULL,
    stripe smallint NOT NULL,
    dr_minor bigint NOT NULL CHECK (dr_minor >= 0),
    cr_minor bigint NOT NULL CHECK (cr_minor >= 0),
    PRIMARY KEY (tenant_id, account_code, currency, layer, stripe)
) WITH (fillfactor = 50)

CREATE TABLE account_days (
    tenant_id uuid NOT NULL,
    account_code text NOT NULL,
    currency text NOT NULL,
    layer text NOT NULL,
    effective_at date NOT NULL,
    stripe smallint NOT NULL,
    dr_minor bigint NOT NULL CHECK (dr_minor >= 0),
    cr_minor bigint NOT NULL CHECK (cr_minor >= 0),
    PRIMARY KEY (tenant_id, account_code, currency, layer, effective_at, stripe)
) WITH (fillfactor = 50)

CREATE TABLE idempotency_keys (
    tenant_id uuid NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    response_body bytea NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, key)
)

CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at)

CREATE TABLE reconciliation_runs (
    tenant_id uuid NOT NULL,
    as_of_date date NOT NULL,
    run_id uuid NOT NULL,
    checked_at timestamptz NOT NULL,
    result jsonb NOT NULL,
    PRIMARY KEY (tenant_id, as_of_date, run_id)
)

CREATE FUNCTION hpts_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is append-only: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_entries
    FOR EACH STATEMENT EXECUTE FUNCTION hpts_refuse_change()

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_lines
    FOR EACH STATEMENT EXECUTE FUNCTION hpts_refuse_change()

CREATE FUNCTION hpts_require_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    broken uuid;
BEGIN
    SELECT inserted.journal_entry_id INTO broken
    FROM (
        SELECT side.tenant_id, side.journal_entry_id, sum(side.lines) AS lines, max(side.last) AS last, bool_or(side.net <> 0) AS unequal
        FROM (
            SELECT tenant_id, journal_entry_id, currency, layer, count(*) AS lines, max(sequence) AS last,
                sum(CASE direction WHEN 'DR' THEN amount_minor ELSE -amount_minor END) AS net
            FROM new_lines
            GROUP BY tenant_id, journal_entry_id, currency, layer
        ) AS side
        GROUP BY side.tenant_id, side.journal_entry_id
    ) AS inserted
    LEFT JOIN journal_entries AS entry USING (tenant_id, journal_entry_id)
    WHERE inserted.unequal
        OR inserted.lines IS DISTINCT FROM entry.line_count
        OR inserted.last IS DISTINCT FROM entry.line_count
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'journal entry % does not balance or is not whole', broken USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$

CREATE TRIGGER balanced AFTER INSERT ON journal_lines REFERENCING NEW TABLE AS new_lines
    FOR EACH STATEMENT EXECUTE FUNCTION hpts_require_balanced()

DO $$
DECLARE
    name text;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hpts_app') THEN
        CREATE ROLE hpts_app NOLOGIN;
    END IF;
    EXECUTE format('GRANT hpts_app TO %I', current_user);
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO hpts_app', current_schema());
    FOREACH name IN ARRAY ARRAY['journal_entries', 'journal_lines', 'loans', 'loan_days', 'account_totals', 'account_days',
                                'idempotency_keys', 'reconciliation_runs'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        -- coalesce keeps the policy out of index conditions: it would read a whole tenant where a key is given
        EXECUTE format('CREATE POLICY tenant ON %I USING (coalesce(tenant_id = ANY ((SELECT coalesce(nullif('
            'current_setting(''hpts.tenant_ids'', true), ''''), ''{}'')::uuid[])::uuid[]), false))', name);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO hpts_app', name);
    END LOOP;
END $$

GRANT UPDATE ON loans, loan_days, account_totals, account_days TO hpts_app

GRANT DELETE ON idempotency_keys TO hpts_app

GRANT SELECT, INSERT ON tenants TO hpts_app

GRANT SELECT ON secrets, alembic_version TO hpts_app
