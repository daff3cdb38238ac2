"""Assertions that a request is refused with a problem of the catalogue, and that nothing was written."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from tests.support.books import Books
from tests.support.client import LedgerClient
from tests.support.problems import problem_of


class Refusals:
    """Expected of one tenant's requests; its rows in the database are compared before and after."""

    def __init__(self, client: LedgerClient, books: Books) -> None:
        self.client = client
        self.books = books

    def expect(
        self, code: str, send: Callable[..., httpx.Response], *sent: Any, fields: tuple[str, ...] = (), **more: Any
    ) -> dict[str, Any]:
        """Calls `send` with what follows it and returns the problem document, whose errors name `fields`."""
        with self.nothing_written():
            return problem_of(send(*sent, **more), code, *fields)

    def expect_each(self, code: str, path: str, bodies: Iterable[Any], *fields: str) -> None:
        """Posts every body; one failure lists all the wrong answers."""
        wrong = []
        with self.nothing_written():
            for body in bodies:
                try:
                    problem_of(self.client.post(path, body), code, *fields)
                except AssertionError as complaint:
                    wrong.append(f"{body!r:.300}\n    {complaint}")
        assert not wrong, "\n".join(wrong)

    @contextmanager
    def nothing_written(self) -> Iterator[None]:
        before = self.books.of(self.client.tenant_id)
        yield
        assert self.books.of(self.client.tenant_id) == before
