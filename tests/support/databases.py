"""Fresh databases from a template: each engine is migrated once a session, then copied for every test."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Final, LiteralString
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from psycopg import sql

from app.store.migrate import migrate_schema
from tests.support.postgres import postgres_server

ENGINES: Final = ("sqlite", "postgresql")


class Databases:
    """SQLite files lie in `folder`; the PostgreSQL server starts when its first database is asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._resources = ExitStack()
        self._shared: dict[tuple[str, str], str] = {}

    @contextmanager
    def fresh(self, engine_name: str) -> Iterator[str]:
        """The URL of a new migrated database without rows; it is dropped afterwards."""
        if engine_name == "sqlite":
            yield self._copy_of_sqlite()
            return
        name = _unique_name("test")
        template, make = sql.Identifier(self._postgres_template), sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._execute(make.format(sql.Identifier(name), template))
        try:
            yield self._url(name)
        finally:
            self._drop(name)

    def shared(self, engine_name: str, by: str) -> str:
        """The URL of a migrated database that stays for the session, shared by tests that act each for tenants of their own."""
        if (engine_name, by) not in self._shared:
            self._shared[engine_name, by] = self._resources.enter_context(self.fresh(engine_name))
        return self._shared[engine_name, by]

    @contextmanager
    def empty(self, engine_name: str, options: LiteralString = "") -> Iterator[str]:
        """The URL of a database without any table; `options` are those of CREATE DATABASE."""
        if engine_name == "sqlite":
            yield _sqlite_url(self._folder / f"{_unique_name('empty')}.db")
            return
        name = _unique_name("empty")
        self._execute(sql.SQL("CREATE DATABASE {} {}").format(sql.Identifier(name), sql.SQL(options)))
        try:
            yield self._url(name)
        finally:
            self._drop(name)

    @contextmanager
    def login(self, database_url: str, attributes: LiteralString = "", role: str | None = "hpts_app") -> Iterator[str]:
        """The URL of a new login, a member of `role`, on a database of the server; `attributes` are those of CREATE ROLE."""
        name = _unique_name("login")
        create = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {} {}").format(sql.Identifier(name), name, sql.SQL(attributes))
        self._execute(create)
        if role is not None:
            self._execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(role), sql.Identifier(name)))
        try:
            parts = urlsplit(database_url)
            yield parts._replace(netloc=f"{name}:{name}@{parts.hostname}:{parts.port}").geturl()
        finally:
            self._execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))

    @cached_property
    def server_url(self) -> str:
        """A PostgreSQL server on which databases can be created."""
        return self._resources.enter_context(postgres_server(fsync=False))

    def close(self) -> None:
        self._resources.close()

    @cached_property
    def _sqlite_template(self) -> Path:
        path = self._folder / "template.db"
        migrate_schema(_sqlite_url(path))
        return path

    @cached_property
    def _postgres_template(self) -> str:
        name = _unique_name("template")
        self._execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        self._resources.callback(self._drop, name)
        with ThreadPoolExecutor(1) as thread:  # a test that is a coroutine may be the first to ask for a database
            thread.submit(migrate_schema, self._url(name)).result()
        return name

    def _copy_of_sqlite(self) -> str:
        copy = self._folder / f"{_unique_name('test')}.db"
        shutil.copyfile(self._sqlite_template, copy)
        return _sqlite_url(copy)

    def _url(self, database: str) -> str:
        return urlsplit(self.server_url)._replace(path=f"/{database}").geturl()

    def _drop(self, database: str) -> None:
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.server_url, autocommit=True) as connection:
            connection.execute(statement)


def _sqlite_url(path: Path) -> str:
    return f"sqlite:///{path}"


def _unique_name(purpose: str) -> str:
    return f"hpts_{purpose}_{uuid4().hex}"
