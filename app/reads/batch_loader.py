"""Look-ups that arrive together are answered by one query, without a timer: while queries run, newcomers wait for the next one.

A lone look-up is a query of its own at once; under load one query answers many.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import islice
from typing import Final, Generic, TypeVar

_K = TypeVar("_K")
_V = TypeVar("_V")
KEYS_PER_QUERY: Final = 256
QUERIES_AT_ONCE: Final = 2


class BatchLoader(Generic[_K, _V]):
    """`fetch` answers each of the distinct keys it is given; its exception reaches every caller that waits for one."""

    def __init__(self, fetch: Callable[[Sequence[_K]], Awaitable[Mapping[_K, _V]]], at_once: int = QUERIES_AT_ONCE) -> None:
        self._fetch = fetch
        self._at_once = at_once
        self._waiting: dict[_K, list[asyncio.Future[_V]]] = {}
        self._running = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def load(self, key: _K) -> _V:
        """The value of a key; a caller that goes away disturbs no other."""
        answer: asyncio.Future[_V] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, []).append(answer)
        if self._running < self._at_once:
            self._running += 1
            task = asyncio.create_task(self._run())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await answer

    async def _run(self) -> None:
        """Query until no caller waits; the count is lowered in the same step, so that no later caller is missed."""
        try:
            while self._waiting:
                keys = list(islice(self._waiting, KEYS_PER_QUERY))
                await self._query({key: self._waiting.pop(key) for key in keys})
        finally:
            self._running -= 1

    async def _query(self, waiting: Mapping[_K, Sequence[asyncio.Future[_V]]]) -> None:
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


def _unanswered(waiting: Mapping[_K, Sequence[asyncio.Future[_V]]]) -> list[asyncio.Future[_V]]:
    return [answer for answers in waiting.values() for answer in answers if not answer.done()]
