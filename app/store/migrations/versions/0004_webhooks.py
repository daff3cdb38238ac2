"""The journal can be read in the order of its commits, and tenants have webhook endpoints with what was delivered to each."""

from app.store.migrations.script import execute_script

revision = "0004_webhooks"
down_revision = "0003_journal_reads"
branch_labels = None
depends_on = None


def upgrade() -> None:
    execute_script(__file__)
