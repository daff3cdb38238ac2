"""The owner of the tables sees every row, also of tables that bind it by row-level security, so that it can back them up."""

from app.store.migrations.script import execute_script

revision = "0005_backup"
down_revision = "0004_webhooks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    execute_script(__file__)
