"""Changes to a database behind the application's back, for what must find them."""

import sqlite3
from contextlib import closing

import psycopg

from app.store.database_url import sqlite_path


class Tamperer:
    """Plain SQL as the database's owner, with the journal's triggers out of the way."""

    def __init__(self, database_url: str, engine_name: str) -> None:
        self._is_postgres = engine_name == "postgresql"
        self._database_url = database_url

    def execute(self, statement: str) -> None:
        if self._is_postgres:
            with psycopg.connect(self._database_url) as server:
                server.execute("SET session_replication_role = replica")
                server.execute(statement)
            return
        with closing(sqlite3.connect(sqlite_path(self._database_url))) as file:
            for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                file.execute(f"DROP TRIGGER {name}")
            file.execute(statement)
            file.commit()
