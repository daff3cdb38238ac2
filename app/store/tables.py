"""The tables, as SQLAlchemy Core sees them. Every key starts with the tenant, so that a tenant can be a shard.

The journal (entries and lines) is append-only. Everything else can be rebuilt from it, and reconciliation does so to compare.
Ids are lower-case text: `uuid` on PostgreSQL, text on SQLite. Amounts are minor units in 64-bit integers.
"""

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Date,
    DateTime,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()
_WRITTEN_BY_CLIENTS: Final = "written_by_clients"
ONLY_ON: Final = "only_on"
_ON_POSTGRESQL: Final = {ONLY_ON: "postgresql"}

Id: Final = Uuid(as_uuid=False).with_variant(String(36), "sqlite")
Document: Final = JSON().with_variant(JSONB(), "postgresql")


class UtcTimestamp(TypeDecorator[datetime]):
    """An aware datetime in UTC; SQLite keeps it as text without the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value if value is None else value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC)


def _key(name: str, type_: Any = Id) -> Column[Any]:
    return Column(name, type_, primary_key=True, nullable=False)


def _amount(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _client_text(name: str, *, nullable: bool = False) -> Column[str]:
    """Text that a client wrote, and that may hold any character."""
    return Column(name, Text, nullable=nullable, info={_WRITTEN_BY_CLIENTS: True})


def _partial_index(name: str, *columns: str, where: str, postgresql_where: str = "", unique: bool = False) -> Index:
    """Of the rows of each tenant that are `where`; PostgreSQL may have to write it in another way."""
    on_postgresql = text(postgresql_where or where)
    return Index(name, "tenant_id", *columns, unique=unique, sqlite_where=text(where), postgresql_where=on_postgresql)


def is_written_by_clients(column: Column[Any]) -> bool:
    return _WRITTEN_BY_CLIENTS in column.info


def _place(name: str) -> tuple[Column[Any], ...]:
    """A place in the journal's commit order: after the entry with this id at this position."""
    return _amount(f"{name}_position"), Column(f"{name}_entry_id", Id, nullable=False)


def is_filled_by_database(column: Column[Any]) -> bool:
    """Whether an inserted row says nothing of the column."""
    return column.server_default is not None


def _buckets() -> tuple[Column[int], ...]:
    return tuple(_amount(f"{name}_minor") for name in ("principal", "interest", "fees", "suspense"))


tenants = Table("tenants", metadata, _key("tenant_id"))

journal_entries = Table(
    "journal_entries",
    metadata,
    _key("tenant_id"),
    _key("journal_entry_id"),
    Column("event_id", Id, nullable=False),
    Column("event_type", Text, nullable=False),
    Column("effective_at", Date, nullable=False),
    Column("posted_at", UtcTimestamp, nullable=False),
    Column("line_count", Integer, nullable=False),
    Column("correlation_id", Id, nullable=False),
    _client_text("actor"),
    Column("reverses_entry_id", Id),
    _client_text("description", nullable=True),
    Column("details", Document),
    Column("idempotency_key", Text, info={_WRITTEN_BY_CLIENTS: True}),
    Column("commit_position", BigInteger, nullable=False, server_default=text("0"), info=_ON_POSTGRESQL),
    Index("journal_entries_commit_order", "tenant_id", "commit_position", "journal_entry_id", info=_ON_POSTGRESQL),
    _partial_index("journal_entries_reversal", "reverses_entry_id", where="reverses_entry_id IS NOT NULL", unique=True),
    _partial_index("journal_entries_type", "event_type", "journal_entry_id", where="event_type <> 'payment_received'"),
    _partial_index(
        "journal_entries_day",
        "effective_at",
        "journal_entry_id",
        where="effective_at <> date(posted_at)",
        postgresql_where="effective_at <> (posted_at AT TIME ZONE 'UTC')::date",
    ),
    Index("journal_entries_actor", "tenant_id", "actor", "journal_entry_id"),
    Index("journal_entries_correlation", "tenant_id", "correlation_id", "journal_entry_id"),
)

journal_lines = Table(
    "journal_lines",
    metadata,
    _key("tenant_id"),
    _key("journal_entry_id"),
    _key("sequence", SmallInteger),
    Column("effective_at", Date, nullable=False),
    Column("account_code", Text, nullable=False),
    Column("direction", Text, nullable=False),
    _amount("amount_minor"),
    Column("currency", Text, nullable=False),
    Column("layer", Text, nullable=False),
    Column("loan_id", Id),
    Column("borrower_id", Id),
    _client_text("external_ref", nullable=True),
    _partial_index("journal_lines_loan", "loan_id", "journal_entry_id", where="loan_id IS NOT NULL"),
    _partial_index(
        "journal_lines_account",
        "account_code",
        "currency",
        "journal_entry_id",
        where="account_code <> '1050' AND (sequence <= 100 OR loan_id IS NULL)",
    ),
    _partial_index("journal_lines_reference", "external_ref", "journal_entry_id", where="external_ref IS NOT NULL"),
)

loans = Table(
    "loans",
    metadata,
    _key("tenant_id"),
    _key("loan_id"),
    Column("borrower_id", Id, nullable=False),
    Column("currency", Text, nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("last_effective_on", Date, nullable=False),
    Column("last_posted_at", UtcTimestamp, nullable=False),
    *_buckets(),
)
"""Balances over all dates; `opened_on` is the effective date of the earliest disbursement."""

loan_days = Table(
    "loan_days",
    metadata,
    _key("tenant_id"),
    _key("loan_id"),
    _key("effective_at", Date),
    Column("last_posted_at", UtcTimestamp, nullable=False),
    *_buckets(),
    Column("accrual_entry_id", Id),
)
"""What one effective date changed in a loan's balances, and the newest entry that accrued the date."""

account_totals = Table(
    "account_totals",
    metadata,
    _key("tenant_id"),
    _key("account_code", Text),
    _key("currency", Text),
    _key("layer", Text),
    _key("stripe", SmallInteger),
    _amount("dr_minor"),
    _amount("cr_minor"),
)
"""Debits and credits over all dates; an account's total is the sum over its stripes."""

account_days = Table(
    "account_days",
    metadata,
    _key("tenant_id"),
    _key("account_code", Text),
    _key("currency", Text),
    _key("layer", Text),
    _key("effective_at", Date),
    _key("stripe", SmallInteger),
    _amount("dr_minor"),
    _amount("cr_minor"),
)
"""Debits and credits of one effective date."""

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    _key("tenant_id"),
    Column("key", Text, primary_key=True, nullable=False, info={_WRITTEN_BY_CLIENTS: True}),
    Column("request_hash", LargeBinary, nullable=False),
    Column("response_body", LargeBinary, nullable=False),
    Column("created_at", UtcTimestamp, nullable=False),
    Index("idempotency_keys_age", "created_at"),
)

former_keys = Table(
    "former_keys",
    metadata,
    _key("tenant_id"),
    _key("key", Text),
    _key("created_at", UtcTimestamp),
)
"""Keys that were forgotten, with the moment of what they posted; each may have been used anew since. No posting writes here."""

reconciliation_runs = Table(
    "reconciliation_runs",
    metadata,
    _key("tenant_id"),
    _key("as_of_date", Date),
    _key("run_id"),
    Column("checked_at", UtcTimestamp, nullable=False),
    Column("result", Document, nullable=False),
)
"""`run_id` is a UUIDv7: the newest run of a date has the greatest one."""

secrets = Table("secrets", metadata, Column("name", Text, primary_key=True), Column("value", LargeBinary, nullable=False))
"""Keys that every worker shares, such as the one that signs page tokens; no tenant's data."""

webhook_endpoints = Table(
    "webhook_endpoints",
    metadata,
    _key("tenant_id"),
    _key("webhook_endpoint_id"),
    _client_text("url"),
    Column("event_types", Document),
    _client_text("description", nullable=True),
    Column("status", Text, nullable=False),
    Column("created_at", UtcTimestamp, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("previous_secret", LargeBinary),
    Column("previous_secret_expires_at", UtcTimestamp),
    *_place("start"),
    *_place("cursor"),
    *_place("counted"),
    *(_amount(f"{name}_entries") for name in ("counted", "tried", "delivered", "pending", "failing")),
    Column("last_success_at", UtcTimestamp),
    Column("last_failure_at", UtcTimestamp),
    Column("last_failure_entry_id", Id),
    Column("last_failure_response_status", Integer),
    Column("last_failure_error", Text),
    Column("failing_since", UtcTimestamp),
    Column("lease_owner", Text),
    Column("lease_epoch", BigInteger, nullable=False),
    Column("lease_expires_at", UtcTimestamp),
)
"""Where webhooks are sent, with how far each endpoint is in the journal's commit order.

The endpoint's entries are those after `start`, of its event types. Of them `counted_entries` are up to `counted`, a place that
only spares counting, and `tried_entries` have a row in `webhook_deliveries`, as has every one up to `cursor`. Of all its rows so
many are `delivered`, `pending`, and pending after a failed attempt, `failing`. Secrets are encrypted.
"""

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    _key("tenant_id"),
    _key("webhook_endpoint_id"),
    _key("journal_entry_id"),
    Column("status", Text, nullable=False),
    Column("attempt_count", Integer, nullable=False),
    Column("round_attempts", Integer, nullable=False),
    Column("first_attempt_at", UtcTimestamp),
    Column("last_attempt_at", UtcTimestamp),
    Column("next_attempt_at", UtcTimestamp),
    Column("response_status", Integer),
    Column("error", Text),
    _partial_index("webhook_deliveries_due", "webhook_endpoint_id", "next_attempt_at", where="next_attempt_at IS NOT NULL"),
    _partial_index(
        "webhook_deliveries_not_delivered", "webhook_endpoint_id", "status", "journal_entry_id", where="status <> 'delivered'"
    ),
)
"""An entry at an endpoint once it was attempted, or asked for again by a redelivery; entries that wait have no row."""
