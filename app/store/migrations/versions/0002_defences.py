"""The application's role may do no more than the service needs, and the journal of SQLite cannot be replaced row by row."""

from app.store.migrations.script import execute_script

revision = "0002_defences"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    execute_script(__file__)
