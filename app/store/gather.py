"""Gathers look-ups that arrive together into one query, without a timer: while queries run, newcomers queue for the next one.

A lone look-up is a query of its own at once; under load one query answers many.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import islice
from typing import Final, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")
KEYS_PER_QUERY: Final = 256
QUERIES_AT_ONCE: Final = 2


class Gather(Generic[K, V]):
    """`fetch` answers each of the distinct keys it is given; its exception reaches everyone who waits for one of them."""

    def __init__(self, fetch: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]], at_once: int = QUERIES_AT_ONCE) -> None:
        self._fetch = fetch
        self._at_once = at_once
        self._waiting: dict[K, list[asyncio.Future[V]]] = {}
        self._running = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def load(self, key: K) -> V:
        """The value of a key; a caller that goes away disturbs no other."""
        answer: asyncio.Future[V] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, []).append(answer)
        if self._running < self._at_once:
            self._running += 1
            task = asyncio.create_task(self._run())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await answer

    async def _run(self) -> None:
        """Query until nobody waits; the count goes down in the same step, so that no newcomer is left behind."""
        try:
            while self._waiting:
                keys = list(islice(self._waiting, KEYS_PER_QUERY))
                await self._query({key: self._waiting.pop(key) for key in keys})
        finally:
            self._running -= 1

    async def _query(self, waiting: Mapping[K, Sequence[asyncio.Future[V]]]) -> None:
        try:
            found = await self._fetch(list(waiting))
            for key, answers in waiting.items():
                value = found[key]
                for answer in answers:
                    if not answer.done():
                        answer.set_result(value)
        except Exception as error:
            for answer in _unanswered(waiting):
                answer.set_exception(error)
        finally:
            for answer in _unanswered(waiting):
                answer.cancel()


def _unanswered(waiting: Mapping[K, Sequence[asyncio.Future[V]]]) -> list[asyncio.Future[V]]:
    return [answer for answers in waiting.values() for answer in answers if not answer.done()]
