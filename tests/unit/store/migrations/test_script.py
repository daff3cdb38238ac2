"""A migration's script of the database's engine is executed statement by statement, comments left out."""

from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from app.store.migrations.script import execute_script

SCRIPT = """-- About all.

CREATE TABLE one (a)

-- About two;
-- still.
CREATE TABLE two (b)

-- The end.
"""


def test_each_paragraph_is_a_statement(tmp_path: Path) -> None:
    (tmp_path / "0007_sqlite.sql").write_text(SCRIPT)
    with create_engine("sqlite://").connect() as connection, Operations.context(MigrationContext.configure(connection)):
        execute_script(str(tmp_path / "0007_tables.py"))
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master ORDER BY name").scalars().all()
    assert tables == ["one", "two"]


def test_a_statement_that_fails_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "0007_sqlite.sql").write_text("CREATE")
    with (
        create_engine("sqlite://").connect() as connection,
        Operations.context(MigrationContext.configure(connection)),
        pytest.raises(OperationalError),
    ):
        execute_script(str(tmp_path / "0007_tables.py"))
