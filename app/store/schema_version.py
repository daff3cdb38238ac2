"""Whether the schema of a database is the one that this version of the program was written for."""

from pathlib import Path
from typing import Final

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from app.store.store import StoreMisconfigured

_SCRIPTS: Final = Path(__file__).parent / "migrations"
_MIGRATE: Final = "run `hpts migrate`"


def schema_problem(connection: Connection) -> str | None:
    """What is wrong with the schema of the connection's database and what to do, in one line; None where it is this version's."""
    found, known = schema_version(connection), known_versions()
    if found is None:
        return _why_there_is_none(connection)
    if found not in known:
        return (
            f"the schema {found} is not known to this version, which knows up to {known[0]}: "
            "a newer version of HPTS made it, use that one"
        )
    return None if found == known[0] else f"the schema {found} is older than {known[0]} of this version: {_MIGRATE}"


def refuse_unknown_schema(connection: Connection) -> None:
    """Raises StoreMisconfigured for a schema that this version cannot migrate, since a newer one made it."""
    if schema_version(connection) not in (None, *known_versions()):
        raise StoreMisconfigured(str(schema_problem(connection)))


def require_schema(connection: Connection) -> str:
    """The version of the schema, which may be an older one; raises StoreMisconfigured where there is none or a newer one."""
    refuse_unknown_schema(connection)
    if (found := schema_version(connection)) is None:
        raise StoreMisconfigured(_why_there_is_none(connection))
    return found


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    return config


def schema_version(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def known_versions() -> list[str]:
    """The versions of the schema, the newest first."""
    return [each.revision for each in ScriptDirectory.from_config(alembic_config()).walk_revisions()]


def _why_there_is_none(connection: Connection) -> str:
    if connection.dialect.name == "postgresql" and connection.scalar(text("SELECT current_schema()")) is None:
        role = connection.scalar(text("SELECT current_user::text"))
        return f"{role} may not use the schema: run GRANT USAGE ON SCHEMA public TO {role}"
    return f"there is no schema yet: {_MIGRATE}"
