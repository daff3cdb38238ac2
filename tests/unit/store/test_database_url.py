"""A database URL names its engine, and SQLite's its file."""

from pathlib import Path

import pytest

from app.store.database_url import is_sqlite, sqlite_path


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sqlite:///var/hpts.db", True),
        ("sqlite:////srv/hpts.db", True),
        ("postgresql://hpts:secret@db.example:5432/hpts", False),
        ("postgresql+asyncpg://hpts@db.example/sqlite", False),
    ],
)
def test_the_engine_is_the_scheme_s(url: str, expected: bool) -> None:
    assert is_sqlite(url) is expected


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///var/hpts.db", "var/hpts.db"),
        ("sqlite:////srv/hpts.db", "/srv/hpts.db"),
        ("sqlite:////srv/with a space/ü.db", "/srv/with a space/ü.db"),
    ],
)
def test_three_slashes_are_relative_and_four_absolute(url: str, path: str) -> None:
    assert sqlite_path(url) == Path(path)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///", "sqlite:///:memory:"])
def test_a_ledger_that_would_be_forgotten_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="sqlite needs a file"):
        sqlite_path(url)
