"""Sends calls to one server for one tenant, and sends again what may succeed the next time."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import httpx

from .answer import Answer, read_answer
from .call import Call, PagedCall
from .errors import NoAnswer
from .retries import Outcome, Retries
from .version import VERSION

T = TypeVar("T")
Item = TypeVar("Item")
TIMEOUT_SECONDS: Final = 30.0
USER_AGENT: Final = f"hpts-client/{VERSION}"
Token = str | Callable[[], str]
"""An access token, or what gives a valid one: it is asked before each attempt."""


class Client:
    """`base_url` ends in /v1. `http` is a client of your own, for certificates or a proxy; you close it."""

    def __init__(
        self,
        base_url: str,
        token: Token,
        *,
        retries: Retries | None = None,
        http: httpx.Client | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self.base_url = base_url
        self.token = token
        self.retries = retries or Retries()
        self.http = http or httpx.Client(timeout=TIMEOUT_SECONDS)
        self._is_own = http is None
        self._sleep = sleep

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connections."""
        if self._is_own:
            self.http.close()

    def send(self, call: Call[T]) -> T:
        """The value that is answered; raises Refused, Unavailable, NoAnswer, UnexpectedAnswer."""
        return self.answer(call).value

    def answer(self, call: Call[T]) -> Answer[T]:
        """As `send`, with the answer's status and trace id."""
        attempts = 0
        while True:
            outcome = self._attempt(call)
            attempts += 1
            delay_seconds = self.retries.delay_seconds(call, outcome, attempts)
            if delay_seconds is None:
                return _result(call, outcome)
            self._sleep(delay_seconds)

    def each(self, call: PagedCall[T, Item]) -> Iterator[Item]:
        """Every item of all pages; a page is asked for when its first item is."""
        following: PagedCall[T, Item] | None = call
        while following:
            page = self.send(following)
            yield from following.items_of(page)
            following = following.after(page)

    def _attempt(self, call: Call[Any]) -> Outcome:
        try:
            return self.http.request(**_request(self.base_url, self.token, call))
        except httpx.TransportError as error:
            return error


class AsyncClient:
    """`Client` for asyncio. `token` must not block; with another event loop hand in its `sleep`."""

    def __init__(
        self,
        base_url: str,
        token: Token,
        *,
        retries: Retries | None = None,
        http: httpx.AsyncClient | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.base_url = base_url
        self.token = token
        self.retries = retries or Retries()
        self.http = http or httpx.AsyncClient(timeout=TIMEOUT_SECONDS)
        self._is_own = http is None
        self._sleep = sleep

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends the connections."""
        if self._is_own:
            await self.http.aclose()

    async def send(self, call: Call[T]) -> T:
        """The value that is answered; raises Refused, Unavailable, NoAnswer, UnexpectedAnswer."""
        return (await self.answer(call)).value

    async def answer(self, call: Call[T]) -> Answer[T]:
        """As `send`, with the answer's status and trace id."""
        attempts = 0
        while True:
            outcome = await self._attempt(call)
            attempts += 1
            delay_seconds = self.retries.delay_seconds(call, outcome, attempts)
            if delay_seconds is None:
                return _result(call, outcome)
            await self._sleep(delay_seconds)

    async def each(self, call: PagedCall[T, Item]) -> AsyncIterator[Item]:
        """Every item of all pages; a page is asked for when its first item is."""
        following: PagedCall[T, Item] | None = call
        while following:
            page = await self.send(following)
            for item in following.items_of(page):
                yield item
            following = following.after(page)

    async def _attempt(self, call: Call[Any]) -> Outcome:
        try:
            return await self.http.request(**_request(self.base_url, self.token, call))
        except httpx.TransportError as error:
            return error


def _request(base_url: str, token: Token, call: Call[Any]) -> dict[str, Any]:
    """The request as httpx takes it; the same for every attempt but for the token."""
    bearer = token if isinstance(token, str) else token()
    return {
        "method": call.method,
        "url": base_url.rstrip("/") + call.path,
        "params": call.query or None,
        "headers": {**call.headers, "Authorization": f"Bearer {bearer}", "User-Agent": USER_AGENT},
        "json": call.body,
        "follow_redirects": False,
    }


def _result(call: Call[T], outcome: Outcome) -> Answer[T]:
    if isinstance(outcome, httpx.TransportError):
        raise NoAnswer(f"{call.method} {call.path}: {outcome or type(outcome).__name__}") from outcome
    return read_answer(outcome, call.readers)
