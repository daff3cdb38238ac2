"""An entry keeps the idempotency key of its request, and the journal is read by what its entries have in common."""

from app.store.migrations.script import execute_script

revision = "0003_journal_reads"
down_revision = "0002_defences"
branch_labels = None
depends_on = None


def upgrade() -> None:
    execute_script(__file__)
