"""Databases of the benchmark: PostgreSQL ones on a private server with fsync on, SQLite ones in a temporary folder."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

import psycopg
from psycopg import sql
from sqlalchemy import make_url

LOGIN: Final = "hpts_bench"
Engine = Literal["postgresql", "sqlite"]


@dataclass(frozen=True, slots=True)
class Databases:
    """`server_url` names any database of the PostgreSQL server; SQLite files lie in `folder`."""

    server_url: str
    folder: Path

    def create(self, engine: Engine, name: str) -> str:
        """The URL of a new, empty database."""
        if engine == "sqlite":
            return f"sqlite:///{self.folder / name}.db"
        with psycopg.connect(self.server_url, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return urlsplit(self.server_url)._replace(path=f"/{name}").geturl()

    def postgres_version(self) -> str:
        with psycopg.connect(self.server_url) as connection:
            return str(connection.execute("SHOW server_version").fetchall()[0][0])


def as_plain_login(database_url: str) -> str:
    """The URL for the login that serves, a member of the service's role and nothing else; a SQLite file has no logins."""
    if is_sqlite(database_url):
        return database_url
    with psycopg.connect(database_url, autocommit=True) as connection:
        if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [LOGIN]).fetchone() is None:
            connection.execute(f"CREATE ROLE {LOGIN} LOGIN PASSWORD '{LOGIN}' IN ROLE hpts_app")
    parts = urlsplit(database_url)
    return parts._replace(netloc=f"{LOGIN}:{LOGIN}@{parts.hostname}:{parts.port}").geturl()


def is_sqlite(database_url: str) -> bool:
    return make_url(database_url).get_backend_name() == "sqlite"


def sqlite_file(database_url: str) -> str:
    file = make_url(database_url).database
    assert file, "the benchmark's SQLite databases are files"
    return file


def settle(database_url: str) -> None:
    """Write out what waits to be written and take statistics, so that this work falls into no measured run."""
    if is_sqlite(database_url):
        with closing(sqlite3.connect(sqlite_file(database_url), timeout=30)) as file:
            file.execute("ANALYZE")
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def count_entries(database_url: str) -> int:
    """Journal entries of every tenant: what a run has really posted."""
    query = "SELECT count(*) FROM journal_entries"
    if is_sqlite(database_url):
        with closing(sqlite3.connect(sqlite_file(database_url), timeout=30)) as file:
            return int(file.execute(query).fetchall()[0][0])
    with psycopg.connect(database_url) as connection:
        return int(connection.execute(query).fetchall()[0][0])
