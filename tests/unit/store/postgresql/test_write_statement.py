"""Every column's values travel as an array of its own, in the order of the statement's parameters."""

import re
from typing import Any

import pytest

from app.store import columns
from app.store.postgresql.write_statement import _WRITTEN, WRITE, _as_ids, _as_text, write_arguments
from app.store.tables import journal_entries, journal_lines
from tests.support.events import new_id

ARGUMENTS = sum(len(names) for _, names in _WRITTEN)
AWKWARD = ("plain", "", "NULL", 'a "quoted" one', "{braces,comma}", "back\\slash", "it's", "émigré ✓", "new\nline")


def test_the_statement_has_a_parameter_for_each_column_in_their_order() -> None:
    assert [int(number) for number in re.findall(r"\$(\d+)::", WRITE)] == list(range(1, ARGUMENTS + 1))


def test_each_table_is_written_once_in_every_column_and_loans_twice() -> None:
    inserted = re.findall(r"INSERT INTO (\w+) (?:AS had )?\(([^)]*)\)", WRITE)
    expected = [
        (table.name, columns.column_list(columns.names(table))) for table, names in _WRITTEN if names == columns.names(table)
    ]
    assert inserted == expected
    assert WRITE.count("UPDATE loans") == 1


def test_what_clients_wrote_is_no_part_of_a_text() -> None:
    """Every other parameter is a text in the notation of arrays."""
    parameters = re.findall(r"\$\d+::(text::)?", WRITE)
    expected = [columns.is_array_of_values(table.c[name]) for table, names in _WRITTEN for name in names]
    assert [not text for text in parameters] == expected


def test_no_rows_are_empty_arrays() -> None:
    arguments = write_arguments([[] for _ in _WRITTEN])
    assert len(arguments) == ARGUMENTS
    assert all(argument in ("{}", ()) for argument in arguments)


def test_a_row_that_is_too_short_is_an_error() -> None:
    with pytest.raises(ValueError, match="zip"):
        write_arguments([[(new_id(), "surplus")], *([] for _ in _WRITTEN[1:])])


def line_of(entry_id: str, tenant_id: str, sequence: int, external_ref: str | None) -> tuple[Any, ...]:
    side = ("DR", "CR")[sequence % 2]
    loan_id = new_id() if sequence % 3 else None
    return (tenant_id, entry_id, sequence, "2026-03-01", "1100", side, 5, "USD", "SETTLED", loan_id, None, external_ref)


async def test_any_text_of_a_client_arrives_as_it_was_sent(connection: Any) -> None:
    """And ids that some rows miss are missing in those rows."""
    tenant_id, entry_id = new_id(), new_id()
    texts = [*AWKWARD, None]
    lines = [line_of(entry_id, tenant_id, number, text) for number, text in enumerate(texts, 1)]
    head = (tenant_id, entry_id, new_id(), "manual_adjustment", "2026-03-01", "2026-03-01 12:00:00+00")
    entry = (*head, len(lines), new_id(), AWKWARD[4], None, AWKWARD[3], '{"a": "\\"quoted\\""}', AWKWARD[5])
    given = {"journal_lines": lines, "journal_entries": [entry]}
    await connection.execute(f"SET hpts.tenant_ids = '{{{tenant_id}}}'")
    await connection.fetch(WRITE, *write_arguments([given.get(table.name, []) for table, _ in _WRITTEN]))
    listed = columns.column_list_with_ids_as_text(journal_lines, columns.names(journal_lines), "l")
    found = await connection.fetch(f"SELECT {listed} FROM journal_lines AS l WHERE tenant_id = $1 ORDER BY sequence", tenant_id)
    assert [tuple(row)[-3:] for row in found] == [row[-3:] for row in lines]
    listed = columns.column_list(("actor", "description", "details"))
    [row] = await connection.fetch(f"SELECT {listed} FROM {journal_entries.name} WHERE tenant_id = $1", tenant_id)
    assert tuple(row) == (AWKWARD[4], AWKWARD[3], '{"a": "\\"quoted\\""}')


@pytest.mark.parametrize(
    ("values", "expected"),
    [(["a", "b"], "{a,b}"), (["a", None, "b"], "{a,NULL,b}"), ([None], "{NULL}"), ([], "{}")],
)
def test_ids_that_are_missing_are_written_as_missing(values: list[str | None], expected: str) -> None:
    assert _as_ids(values) == expected


@pytest.mark.parametrize(
    ("values", "expected"), [([1], "{1}"), ([7, 7, 7], "{7,7,7}"), ([7, 7, 8], "{7,7,8}"), ([1, 2, 1], "{1,2,1}"), ([], "{}")]
)
def test_numbers_are_written_one_by_one_and_equal_ones_too(values: list[int], expected: str) -> None:
    assert _as_text(values) == expected
