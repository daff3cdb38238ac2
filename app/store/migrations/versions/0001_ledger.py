"""The journal, what is rebuilt from it, and the database's own defences; the SQL of each engine is in a file beside this one."""

import os

import sqlalchemy as sa
from alembic import op

from app.store.migrations.script import execute_script

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    execute_script(__file__)
    secrets = sa.table("secrets", sa.column("name"), sa.column("value", sa.LargeBinary))
    op.bulk_insert(secrets, [{"name": "page_token", "value": os.urandom(32)}])
