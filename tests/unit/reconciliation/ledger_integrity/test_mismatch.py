"""A sum beyond 64 bits, which SQLite cannot compute, is a mismatch; any other failure stays one."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import OperationalError

from app.limits import AMOUNT_MINOR_MAX
from app.reconciliation.ledger_integrity.mismatch import BEYOND_RANGE, Mismatch, false_on_overflow, report_overflow

FOUND: Mismatch = ("account", "1100", "USD", "SETTLED")


@pytest.fixture
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    with engine.connect() as opened:
        yield opened
    engine.dispose()


def sum_of(connection: Connection, *amounts: int) -> int:
    rows = ", ".join(f"({amount})" for amount in amounts)
    return int(connection.execute(text(f"SELECT sum(column1) FROM (VALUES {rows})")).scalar_one())


def overflowing(connection: Connection) -> int:
    return sum_of(connection, AMOUNT_MINOR_MAX, 1)


def test_a_check_within_range_gives_what_it_finds(connection: Connection) -> None:
    assert report_overflow(lambda _: {FOUND})(connection) == {FOUND}
    assert report_overflow(lambda each: set() if sum_of(each, 1, 2) == 3 else {FOUND})(connection) == set()
    assert false_on_overflow(lambda each: sum_of(each, 1, 2) == 3)(connection) is True


def test_a_sum_beyond_64_bits_is_a_mismatch(connection: Connection) -> None:
    assert report_overflow(lambda each: {FOUND} if overflowing(each) else set())(connection) == {BEYOND_RANGE}
    assert false_on_overflow(lambda each: bool(overflowing(each)))(connection) is False


def test_any_other_failure_of_the_database_is_not_hidden(connection: Connection) -> None:
    def broken(connection: Connection) -> bool:
        return bool(connection.execute(text("SELECT * FROM nowhere")).scalar_one())

    with pytest.raises(OperationalError, match="no such table"):
        false_on_overflow(broken)(connection)
    with pytest.raises(OperationalError, match="no such table"):
        report_overflow(lambda each: {FOUND} if broken(each) else set())(connection)
