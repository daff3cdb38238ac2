"""The journal, what is rebuilt from it, and the database's own defences; the SQL of each engine is in a file beside this one."""

import os
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    script = Path(__file__).with_name(f"0001_{op.get_bind().dialect.name}.sql").read_text()
    for paragraph in script.split("\n\n"):
        statement = "\n".join(line for line in paragraph.splitlines() if not line.startswith("--"))
        if statement:
            op.get_bind().exec_driver_sql(statement)
    secrets = sa.table("secrets", sa.column("name"), sa.column("value", sa.LargeBinary))
    op.bulk_insert(secrets, [{"name": "page_token", "value": os.urandom(32)}])
