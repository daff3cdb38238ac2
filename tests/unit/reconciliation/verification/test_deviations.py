"""Rows of one side only, and values that differ, are told with their names."""

from sqlalchemy import create_engine, literal, select, union_all

from app.reconciliation.verification.deviations import Rows, compare_rows


def rows(*values: tuple[int, int, int]) -> Rows:
    names = ("id", "debits", "credits")
    parts = [select(*(literal(value).label(name) for name, value in zip(names, row, strict=True))) for row in values]
    return select(*union_all(*parts).subquery().c)


def test_each_record_that_differs_is_told_once() -> None:
    stored, recomputed = rows((1, 10, 10), (2, 20, 20), (3, 30, 30)), rows((1, 10, 10), (2, 20, 21), (4, 40, 40))
    with create_engine("sqlite://").connect() as connection:
        found = compare_rows(connection, "account", stored, recomputed, key=1)
    assert list(map(str, found)) == [
        "account 2: stored credits=20, recomputed credits=21",
        "account 3: stored debits=30 credits=30, recomputed nothing",
        "account 4: stored nothing, recomputed debits=40 credits=40",
    ]
