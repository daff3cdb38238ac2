"""Says in one line why a database cannot be used and what to do, without SQL, names of drivers, links or passwords."""

import re
import socket
import sqlite3
from typing import Final

from sqlalchemy import make_url

from app.cli.error_reporting import one_line
from app.settings import Settings
from app.store.database_url import is_sqlite
from app.store.store import StoreMisconfigured, StoreReadOnly
from app.store.unavailable import error_causes, sqlite_code, unavailable

_BY_SQLSTATE: Final = {
    "28P01": "the password of the login {login} is wrong: correct HPTS_DATABASE_URL",
    "28000": "the server does not let the login {login} in: correct HPTS_DATABASE_URL, or create the login and allow it",
    "3D000": "there is no database {name}: create it with CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0",
    "53100": "the disk of the server is full: make room on it",
    "53300": "the server has no connection left: raise its max_connections or run fewer processes",
    "57P03": "the server is starting or shutting down: try again in a moment",
    "25006": "it is a standby, or read-only: use the primary",
    "55P03": "another process has locked what is needed: try again when it is done",
    "57014": "the server cancelled the statement, as it does when it takes too long: try again",
}
_BY_SQLITE_CODE: Final = {
    sqlite3.SQLITE_NOTADB: "the file is not a SQLite database: correct HPTS_DATABASE_URL",
    sqlite3.SQLITE_CORRUPT: "the file is damaged: restore it from a backup",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened: its folder must exist, and both must be writable for this user",
    sqlite3.SQLITE_READONLY: "the file or its folder is read-only: make both writable for this user",
    sqlite3.SQLITE_FULL: "the disk is full: make room on it",
    sqlite3.SQLITE_BUSY: "another process is writing to it: try again when it is done",
    sqlite3.SQLITE_IOERR: "the disk cannot be read or written: check it",
}
_USE_WRITABLE: Final = {True: "make both writable for this user, and room on the disk", False: "use the primary"}
_PERMISSION_DENIED: Final = "42501"
_DENIED: Final = re.compile(r"permission denied for (?:(schema|function|table|sequence|view|relation) )?(\S+)")
_PRIVILEGES: Final = ("SELECT", "INSERT", "UPDATE", "DELETE")


def describe_database_error(error: BaseException, settings: Settings, role: str | None = None) -> str | None:
    """The line, or None for an error that is not a database's; `role` is whom statements ran as, None for the login itself."""
    causes = list(error_causes(error))
    reasons = (_reason(causes, cause, settings, role) for cause in causes)
    reason = next((each for each in reasons if each is not None), None)
    if reason is None and (unavailable(error) is not None or any(_is_of_a_driver(cause) for cause in causes)):
        reason = one_line(causes[-1])
    return None if reason is None else f"the database at {shown_address(settings)} cannot be used: {reason}"


def shown_address(settings: Settings) -> str:
    """The address of the database without its password."""
    return make_url(settings.database_url).render_as_string(hide_password=True)


def _reason(causes: list[BaseException], error: BaseException, settings: Settings, role: str | None) -> str | None:
    """Of one of the causes, which may need the words of another."""
    if isinstance(error, StoreMisconfigured):
        return error.reason
    if isinstance(error, StoreReadOnly):
        return f"{one_line(error)}: {_USE_WRITABLE[is_sqlite(settings.database_url)]}"
    if (sqlstate := getattr(error, "sqlstate", None)) is not None:
        if sqlstate == _PERMISSION_DENIED:
            return _missing_right(causes, settings, role)
        url = make_url(settings.database_url)
        return _BY_SQLSTATE.get(sqlstate, "").format(login=url.username, name=url.database) or None
    if (code := sqlite_code(error)) is not None:
        return _BY_SQLITE_CODE.get(code)
    return _reason_of_system_error(error, settings)


def _is_of_a_driver(error: BaseException) -> bool:
    return hasattr(error, "sqlstate") or sqlite_code(error) is not None


def _reason_of_system_error(error: BaseException, settings: Settings) -> str | None:
    if not isinstance(error, OSError):
        return None
    if is_sqlite(settings.database_url):
        return f"{error.strerror or error} ({error.filename}): choose a file in a folder that this user may write to"
    url = make_url(settings.database_url)
    place = f"{url.host or 'localhost'} port {url.port or 5432}"
    if isinstance(error, socket.gaierror):
        return f"the host {url.host} is unknown: correct HPTS_DATABASE_URL"
    if isinstance(error, TimeoutError):
        return f"{place} does not answer: check that the server runs and that no firewall is between"
    if isinstance(error, ConnectionRefusedError) or "Connect call failed" in str(error):
        return f"nothing listens at {place}: start the server, or correct HPTS_DATABASE_URL"
    return None


def _missing_right(causes: list[BaseException], settings: Settings, role: str | None) -> str:
    login = make_url(settings.database_url).username
    if role is None:
        return (
            f"the login {login} may not change the schema: run `hpts migrate` with the owner of the database, or run "
            f'GRANT CREATE, USAGE ON SCHEMA public TO "{login}"; ALTER ROLE "{login}" CREATEROLE'
        )
    denied = _DENIED.search(str(causes[-1]))
    if denied is None:
        return f"{role} lacks a right, {one_line(causes[-1])}: run `hpts migrate` with the owner of the database"
    kind, name = denied.groups()
    if kind == "function":
        return f"{role} lacks a right on {name}: run GRANT EXECUTE ON FUNCTION {name} TO {role}"
    if kind == "schema":
        return f"{role} may not use the schema {name}: run GRANT USAGE ON SCHEMA {name} TO {role}"
    statements = [str(statement) for cause in causes if (statement := getattr(cause, "statement", None))]
    words = statements[0].split(maxsplit=1) if statements else []
    privilege = words[0].upper() if words and words[0].upper() in _PRIVILEGES else "SELECT"
    return f"{role} lacks a right on {name}: run GRANT {privilege} ON {name} TO {role}"
