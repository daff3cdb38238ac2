"""Plans of the statements that PostgreSQL executes, triggers' own ones included: auto_explain tells them to the client."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import asyncpg
import psycopg
import pytest

_SETTINGS: Final = {
    "session_preload_libraries": "auto_explain",
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_analyze": "on",
    "auto_explain.log_timing": "off",
    "auto_explain.log_nested_statements": "on",
    "auto_explain.log_format": "json",
    "auto_explain.log_level": "notice",
}


@dataclass(frozen=True, slots=True)
class Scan:
    """One visit of a table by a statement: how, and how many of its rows were looked at, those that a filter removed included."""

    table: str
    kind: str
    rows: int
    condition: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A statement that was executed, and its scans of tables."""

    statement: str
    scans: tuple[Scan, ...]


@dataclass
class Plans:
    """What was executed since the last `take`."""

    _found: list[Plan] = field(default_factory=list)

    async def take(self) -> list[Plan]:
        await asyncio.sleep(0)  # asyncpg hands a message on in the next turn of the loop
        found, self._found = self._found, []
        return found

    def hear(self, _connection: object, message: Any) -> None:
        head, _, plan = str(message.message).partition("plan:\n")
        if plan and head.startswith("duration:"):
            explained = json.loads(plan)
            self._found.append(Plan(explained["Query Text"], tuple(_scans(explained["Plan"]))))


def explain_statements(database_url: str) -> None:
    """From now on, every new connection to the database is told the plan of each of its statements."""
    with psycopg.connect(database_url, autocommit=True) as owner:
        name = owner.info.dbname
        for setting, value in _SETTINGS.items():
            owner.execute(f"ALTER DATABASE {name} SET {setting} = '{value}'".encode())


@contextmanager
def heard_plans() -> Iterator[Plans]:
    """The plans of all connections that asyncpg opens meanwhile."""
    plans, connect = Plans(), asyncpg.connect

    async def heard(*arguments: Any, **options: Any) -> Any:
        connection = await connect(*arguments, **options)
        connection.add_log_listener(plans.hear)
        return connection

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncpg, "connect", heard)
        yield plans


def _scans(node: dict[str, Any]) -> Iterator[Scan]:
    """Those that were executed, but of PostgreSQL's own tables."""
    table = str(node.get("Relation Name", "pg_"))
    if "Scan" in node["Node Type"] and not table.startswith("pg_") and node["Actual Loops"]:
        removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
        yield Scan(table, node["Node Type"], (node["Actual Rows"] + removed) * node["Actual Loops"], str(node.get("Index Cond")))
    for child in node.get("Plans", ()):
        yield from _scans(child)
