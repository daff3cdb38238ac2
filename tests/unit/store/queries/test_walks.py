"""A walk names its index, its bounds and its values in the words of the engine."""

from datetime import date

from app.store.queries.walks import BY_ACCOUNT, BY_ACTOR, BY_LATE_DAY, condition_of, walk_statement, walk_values
from app.store.tables import metadata

WALKS = (BY_ACCOUNT, BY_ACTOR, BY_LATE_DAY)


def test_each_walk_has_an_index_of_its_columns() -> None:
    for walk in WALKS:
        [index] = [each for each in metadata.tables[walk.table].indexes if each.name == walk.index]
        assert [column.name for column in index.columns] == ["tenant_id", *walk.columns, "journal_entry_id"]
        assert len(walk.types) == len(walk.columns)


def test_postgresql_is_led_to_the_index_by_the_order_and_sqlite_by_its_name() -> None:
    on_postgresql, on_sqlite = (walk_statement(BY_ACTOR, dialect) for dialect in ("postgresql", "sqlite"))
    assert "ORDER BY d.actor DESC, d.journal_entry_id DESC" in on_postgresql
    assert "(d.actor, d.journal_entry_id) < (v.value_0, :before)" in on_postgresql
    assert "INDEXED BY journal_entries_actor" in on_sqlite


def test_a_walk_of_everything_has_no_values() -> None:
    assert walk_values(None, (), "postgresql") == {}
    assert ":before" in walk_statement(None, "sqlite")


def test_values_are_an_array_a_column_or_one_document() -> None:
    pairs = [("1100", "USD"), ("2000", "EUR")]
    assert walk_values(BY_ACCOUNT, pairs, "postgresql") == {"value_0": ["1100", "2000"], "value_1": ["USD", "EUR"]}
    assert walk_values(BY_ACCOUNT, pairs, "sqlite") == {"values": '[["1100","USD"],["2000","EUR"]]'}
    assert walk_values(BY_LATE_DAY, [(date(2026, 3, 1),)], "sqlite") == {"values": '[["2026-03-01"]]'}


def test_a_query_says_the_condition_of_its_index() -> None:
    assert condition_of(BY_ACTOR, "sqlite") == "true"
    assert condition_of(BY_LATE_DAY, "sqlite") == "d.effective_at <> date(d.posted_at)"
    assert condition_of(BY_LATE_DAY, "postgresql").endswith("AT TIME ZONE 'UTC' AS date)")
