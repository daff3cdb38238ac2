"""Requests that must be refused: each is answered with its documented problem, and nothing is written."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from tests.support.books import Books
from tests.support.client import LedgerClient
from tests.support.problems import problem_of


class Refusals:
    """Of one tenant, whose rows are compared before and after."""

    def __init__(self, client: LedgerClient, books: Books) -> None:
        self.client = client
        self.books = books

    def __call__(
        self, code: str, send: Callable[..., httpx.Response], *sent: Any, fields: tuple[str, ...] = (), **more: Any
    ) -> dict[str, Any]:
        """Calls `send` with what follows it; the problem document, whose errors name `fields`."""
        with self.nothing_written():
            return problem_of(send(*sent, **more), code, *fields)

    def each(self, code: str, path: str, requests: Iterable[Any], *fields: str) -> None:
        """Posts every one of `requests`; what is wrong with the answers is said of all of them at once."""
        wrong = []
        with self.nothing_written():
            for body in requests:
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
