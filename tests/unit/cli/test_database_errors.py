"""Why a database cannot be used, in one line with what to do, and without SQL, names of drivers, links or passwords."""

import sqlite3
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from app.cli.database_errors import describe_database_error, shown_address
from app.settings import Settings, load_settings
from app.store.migrate import migrate_schema
from app.store.store import StoreReadOnly
from tests.support.databases import Databases
from tests.support.tampering import Tamperer
from tests.unit.cli.conftest import Hpts, error_of

COMMANDS = ["migrate", "verify", "reconcile"]
DRIVERS = ("sqlalche", "asyncpg", "sqlite3.", "[SQL", "Error:", "Errno", "geheim", "Background")


def reason_of(hpts: Hpts, command: str, database_url: str) -> str:
    """What is said after the address."""
    code, line = error_of(hpts(command, DATABASE_URL=database_url))
    assert code == 1
    assert not any(word in line for word in DRIVERS), line
    shown, _, reason = line.partition(" cannot be used: ")
    assert shown == f"hpts: the database at {shown_address(load_settings(database_url=database_url))}"
    return reason


def server(databases: Databases, database: str) -> str:
    return databases.server_url.rpartition("/")[0] + "/" + database


@pytest.mark.parametrize("command", COMMANDS)
def test_a_host_that_is_unknown(hpts: Hpts, command: str) -> None:
    reason = reason_of(hpts, command, "postgresql://hpts:geheim@no.such.host.invalid/hpts")
    assert reason == "the host no.such.host.invalid is unknown: correct HPTS_DATABASE_URL"


@pytest.mark.parametrize("command", COMMANDS)
def test_a_port_where_nothing_listens(hpts: Hpts, command: str) -> None:
    reason = reason_of(hpts, command, "postgresql://hpts:geheim@127.0.0.1:1/hpts")
    assert reason == "nothing listens at 127.0.0.1 port 1: start the server, or correct HPTS_DATABASE_URL"


@pytest.mark.parametrize("command", COMMANDS)
def test_a_database_that_is_missing(hpts: Hpts, databases: Databases, command: str) -> None:
    reason = reason_of(hpts, command, server(databases, "nowhere"))
    expected = "there is no database nowhere: create it with CREATE DATABASE nowhere ENCODING 'UTF8' TEMPLATE template0"
    assert reason == expected


@pytest.mark.parametrize("command", COMMANDS)
def test_a_login_that_is_missing(hpts: Hpts, databases: Databases, command: str) -> None:
    url = databases.server_url.replace("hpts@", "stranger:geheim@")
    assert reason_of(hpts, command, url).startswith("the server does not let the login stranger in: correct HPTS_DATABASE_URL")


def test_a_password_that_is_wrong() -> None:
    settings = load_settings(database_url="postgresql://hpts:geheim@db.example/hpts")
    line = describe_database_error(psycopg.errors.InvalidPassword("password authentication failed"), settings)
    assert line is not None
    assert line.endswith("the password of the login hpts is wrong: correct HPTS_DATABASE_URL")


@pytest.mark.parametrize("command", ["verify", "reconcile"])
def test_a_login_that_is_no_member_of_the_role(hpts: Hpts, databases: Databases, command: str) -> None:
    with databases.fresh("postgresql") as migrated, databases.login(migrated, role=None) as url:
        login = urlsplit(url).username
        expected = f'the login {login} may not act as hpts_app: run GRANT hpts_app TO "{login}"'
        assert reason_of(hpts, command, url) == expected


def test_a_login_that_may_not_migrate(hpts: Hpts, databases: Databases) -> None:
    with databases.empty("postgresql") as url:
        Tamperer(url, "postgresql").execute("REVOKE CREATE ON SCHEMA public FROM public")
        with databases.login(url, role=None) as as_login:
            assert "run `hpts migrate` with the owner of the database, or run GRANT" in reason_of(hpts, "migrate", as_login)


@pytest.mark.parametrize("command", ["verify", "reconcile"])
@pytest.mark.parametrize("right", ["SELECT ON alembic_version", "EXECUTE ON FUNCTION hpts_tenants"])
def test_a_grant_that_is_missing(hpts: Hpts, databases: Databases, command: str, right: str) -> None:
    with databases.fresh("postgresql") as url:
        Tamperer(url, "postgresql").execute(f"REVOKE {right} FROM hpts_app")
        grant = f"GRANT {right} TO hpts_app"
        assert reason_of(hpts, command, url) == f"hpts_app lacks a right on {right.split()[-1]}: run {grant}"
        Tamperer(url, "postgresql").execute(grant)
        assert hpts(command, DATABASE_URL=url).exit_code == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_a_schema_that_is_newer(hpts: Hpts, database_url: str, engine_name: str, command: str) -> None:
    Tamperer(database_url, engine_name).execute("UPDATE alembic_version SET version_num = '0099'")
    reason = reason_of(hpts, command, database_url)
    assert reason.startswith("the schema 0099 is not known to this version, which knows up to ")
    assert reason.endswith("a newer version of HPTS made it, use that one")


def test_a_database_that_takes_no_writes(hpts: Hpts, databases: Databases) -> None:
    with databases.empty("postgresql") as url, psycopg.connect(databases.server_url, autocommit=True) as owner:
        name = url.rpartition("/")[2]
        owner.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on".encode())
        assert reason_of(hpts, "migrate", url) == "it is a standby, or read-only: use the primary"


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_that_is_no_database(hpts: Hpts, tmp_path: Path, command: str) -> None:
    (tmp_path / "notes.txt").write_text("notes " * 1_000)
    reason = reason_of(hpts, command, f"sqlite:///{tmp_path}/notes.txt")
    assert reason == "the file is not a SQLite database: correct HPTS_DATABASE_URL"


@pytest.mark.parametrize("command", COMMANDS)
def test_a_folder_instead_of_a_file(hpts: Hpts, tmp_path: Path, command: str) -> None:
    assert reason_of(hpts, command, f"sqlite:///{tmp_path}").startswith("the file cannot be opened: ")


@pytest.mark.parametrize("place", ["/proc/x/hpts.db", "/dev/null/x/hpts.db"])
def test_a_folder_that_cannot_be_made(hpts: Hpts, place: str) -> None:
    assert reason_of(hpts, "migrate", f"sqlite:///{place}").endswith(": choose a file in a folder that this user may write to")


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Settings:
    migrate_schema(url := f"sqlite:///{tmp_path}/hpts.db")
    return load_settings(database_url=url)


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        (sqlite3.SQLITE_FULL, "the disk is full: make room on it"),
        (sqlite3.SQLITE_BUSY, "another process is writing to it: try again when it is done"),
        (sqlite3.SQLITE_IOERR_WRITE, "the disk cannot be read or written: check it"),
        (sqlite3.SQLITE_CORRUPT, "the file is damaged: restore it from a backup"),
    ],
)
def test_what_a_file_cannot_do_now(on_sqlite: Settings, code: int, remedy: str) -> None:
    error = sqlite3.OperationalError("of SQLite")
    error.sqlite_errorcode = code
    assert str(describe_database_error(error, on_sqlite)).endswith(f" cannot be used: {remedy}")


def test_a_file_that_takes_no_writes(on_sqlite: Settings) -> None:
    line = describe_database_error(StoreReadOnly("/srv/hpts.db or its folder is read-only"), on_sqlite)
    assert str(line).endswith("or its folder is read-only: make both writable for this user, and room on the disk")


def test_an_error_that_has_no_remedy_is_its_first_line(on_sqlite: Settings) -> None:
    error = sqlite3.OperationalError("no such table: x\n[SQL: SELECT 1 FROM x]")
    error.sqlite_errorcode = sqlite3.SQLITE_ERROR
    assert str(describe_database_error(error, on_sqlite)).endswith(" cannot be used: no such table: x")


def test_what_is_no_error_of_a_database_is_not_described(on_sqlite: Settings) -> None:
    assert describe_database_error(ZeroDivisionError("division by zero"), on_sqlite) is None


def test_an_address_is_shown_without_its_password() -> None:
    settings = load_settings(database_url="postgresql://hpts:geheim@db.example:5432/hpts")
    assert shown_address(settings) == "postgresql://hpts:***@db.example:5432/hpts"
