"""`hpts migrate`: migrates the schema of the database to this version."""

from rich.console import Console

from app.cli.database_errors import describe_database_error, shown_address
from app.cli.error_reporting import CommandError
from app.settings import Settings, load_settings
from app.store.migrate import migrate_schema


def migrate() -> None:
    """Migrate the schema of the database to this version; safe to run again, and by several processes at once."""
    settings = load_settings()
    run_migration(settings)
    Console().print(f"{shown_address(settings)} has the schema of this version.", highlight=False, soft_wrap=True)


def run_migration(settings: Settings) -> None:
    """Raises CommandError if the schema cannot be migrated."""
    try:
        migrate_schema(settings.database_url)
    except Exception as failed:
        if (line := describe_database_error(failed, settings)) is not None:
            raise CommandError(line) from failed
        raise
