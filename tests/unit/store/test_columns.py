"""Column lists, placeholders and array types are those of the tables."""

import pytest
from sqlalchemy import Column

from app.store import columns
from app.store.tables import (
    account_totals,
    idempotency_keys,
    journal_entries,
    journal_lines,
    loan_days,
    loans,
    metadata,
)


def test_names_are_in_the_order_of_the_table() -> None:
    assert columns.names(account_totals) == (
        *("tenant_id", "account_code", "currency", "layer", "stripe"),
        *("dr_minor", "cr_minor"),
    )
    assert columns.names(account_totals, without=("currency", "dr_minor")) == (
        *("tenant_id", "account_code", "layer", "stripe"),
        "cr_minor",
    )


def test_the_key_is_the_primary_key_in_its_order() -> None:
    assert columns.key_names(journal_lines) == ("tenant_id", "journal_entry_id", "sequence")


def test_amounts_are_the_columns_in_minor_units() -> None:
    buckets = ("principal_minor", "interest_minor", "fees_minor", "suspense_minor")
    assert columns.amount_names(loans) == columns.amount_names(loan_days) == buckets
    assert columns.amount_names(account_totals) == ("dr_minor", "cr_minor")
    assert columns.amount_names(journal_entries) == ()
    assert all(name.endswith("_minor") for table in metadata.sorted_tables for name in columns.amount_names(table))


def test_columns_are_listed_with_the_alias_of_their_table() -> None:
    assert columns.column_list(("a", "b")) == "a, b"
    assert columns.column_list(("a", "b"), "t") == "t.a, t.b"


def test_ids_are_listed_as_text_and_nothing_else_is() -> None:
    listed = columns.column_list_with_ids_as_text(journal_lines, ("journal_entry_id", "sequence", "loan_id", "external_ref"), "l")
    assert listed == "l.journal_entry_id::text, l.sequence, l.loan_id::text, l.external_ref"


def test_each_column_has_a_placeholder() -> None:
    assert columns.placeholders(("a", "b", "c")) == "?, ?, ?"


def test_an_upsert_adds_the_new_amounts_to_those_that_are_there() -> None:
    assert columns.additions(("dr_minor", "cr_minor"), "had") == (
        "dr_minor = had.dr_minor + excluded.dr_minor, cr_minor = had.cr_minor + excluded.cr_minor"
    )


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (journal_lines.c.tenant_id, "uuid[]"),
        (journal_lines.c.sequence, "smallint[]"),
        (journal_lines.c.effective_at, "date[]"),
        (journal_lines.c.amount_minor, "bigint[]"),
        (journal_lines.c.currency, "text[]"),
        (journal_entries.c.line_count, "integer[]"),
        (journal_entries.c.posted_at, "timestamp with time zone[]"),
        (journal_entries.c.details, "jsonb[]"),
        (idempotency_keys.c.request_hash, "bytea[]"),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_an_array_has_postgresql_s_type_of_the_column(column: Column[object], expected: str) -> None:
    assert columns.array_type(column) == expected


def test_text_of_clients_documents_and_bytes_travel_value_by_value() -> None:
    """All others are put together into one text, and none of them may need quoting."""
    found = {
        f"{table.name}.{each.name}" for table in metadata.sorted_tables for each in table.c if columns.is_array_of_values(each)
    }
    assert found == {
        *("journal_entries.actor", "journal_entries.description", "journal_entries.details", "journal_lines.external_ref"),
        *("idempotency_keys.key", "idempotency_keys.request_hash", "idempotency_keys.response_body"),
        *("reconciliation_runs.result", "secrets.value"),
    }
