"""SQL scripts of migrations: one file a version and engine beside the migration, one statement a paragraph."""

from pathlib import Path

from alembic import op


def execute_script(migration: str) -> None:
    """Executes the script of this engine: `0001.py` has `0001_postgresql.sql` and `0001_sqlite.sql`."""
    connection = op.get_bind()
    path = Path(migration)
    script = path.with_name(f"{path.stem.split('_')[0]}_{connection.dialect.name}.sql")
    for paragraph in script.read_text().split("\n\n"):
        statement = "\n".join(line for line in paragraph.splitlines() if not line.startswith("--"))
        if statement.strip():
            connection.exec_driver_sql(statement)
