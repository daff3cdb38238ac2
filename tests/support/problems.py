"""What is checked of every problem: status and code of the catalogue, a valid problem document, nothing about the code inside."""

import re
from functools import cache
from typing import Any, Final

import httpx

from app.contract.document import Contract, load

LEAKS: Final = re.compile(
    r"Traceback|\.py\b|SELECT |INSERT |sqlite3|asyncpg|psycopg|sqlalchemy|<class|object at 0x", re.IGNORECASE
)


@cache
def contract() -> Contract:
    return load()


def problem_of(response: httpx.Response, code: str, *fields: str) -> dict[str, Any]:
    """The problem document after these checks; its errors must name `fields`."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    document: dict[str, Any] = response.json()
    assert document["code"] == code, document
    assert response.status_code == document["status"] == contract().problems[code].status, document
    assert contract().problem.check(document) is None, document
    assert document["type"] == f"/problems/{code}"
    assert LEAKS.search(response.text) is None, document
    named = [error["field"] for error in document.get("errors", [])]
    assert set(fields) <= set(named), document
    return document
