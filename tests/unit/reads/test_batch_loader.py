"""Look-ups that arrive together share a query."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from app.reads.batch_loader import KEYS_PER_QUERY, QUERIES_AT_ONCE, BatchLoader
from tests.support.waiting import HANG_SECONDS


class Doubling:
    """Answers a number with its double, once it is let go; remembers the keys of each query."""

    def __init__(self) -> None:
        self.queries: list[list[int]] = []
        self.may_answer = asyncio.Event()
        self.running = 0
        self.most_at_once = 0

    async def __call__(self, keys: Sequence[int]) -> Mapping[int, int]:
        self.queries.append(list(keys))
        self.running += 1
        self.most_at_once = max(self.most_at_once, self.running)
        await self.may_answer.wait()
        self.running -= 1
        if -1 in keys:
            raise ValueError("minus one")
        return {key: 2 * key for key in keys}


async def settled() -> None:
    """Let every task that can go on do so."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_lone_look_up_is_answered() -> None:
    fetch = Doubling()
    fetch.may_answer.set()
    assert await BatchLoader(fetch).load(21) == 42


async def test_look_ups_of_one_moment_are_one_query() -> None:
    fetch = Doubling()
    fetch.may_answer.set()
    gather = BatchLoader(fetch)
    assert await asyncio.gather(*(gather.load(key) for key in (1, 2, 3, 2))) == [2, 4, 6, 4]
    assert fetch.queries == [[1, 2, 3]]


async def test_newcomers_wait_while_two_queries_run_and_then_share_one() -> None:
    fetch = Doubling()
    gather = BatchLoader(fetch)
    answers = []
    for key in range(10):
        answers.append(asyncio.create_task(gather.load(key)))
        await settled()
    assert fetch.queries == [[0], [1]]
    fetch.may_answer.set()
    assert await asyncio.gather(*answers) == [2 * key for key in range(10)]
    assert fetch.queries[2:] == [[2, 3, 4, 5, 6, 7, 8, 9]]
    assert fetch.most_at_once == QUERIES_AT_ONCE


async def test_a_query_takes_no_more_keys_than_its_limit() -> None:
    fetch = Doubling()
    fetch.may_answer.set()
    gather = BatchLoader(fetch)
    await asyncio.gather(*(gather.load(key) for key in range(2 * KEYS_PER_QUERY + 1)))
    assert sorted(len(query) for query in fetch.queries) == [1, KEYS_PER_QUERY, KEYS_PER_QUERY]


async def test_an_error_reaches_everyone_who_waits_for_the_query_and_nobody_else() -> None:
    fetch = Doubling()
    fetch.may_answer.set()
    gather = BatchLoader(fetch)
    outcomes = await asyncio.gather(gather.load(-1), gather.load(5), return_exceptions=True)
    assert [str(outcome) for outcome in outcomes] == ["minus one", "minus one"]
    assert await gather.load(5) == 10


async def test_a_caller_that_goes_away_disturbs_no_other() -> None:
    fetch = Doubling()
    gather = BatchLoader(fetch)
    leaving, staying = asyncio.create_task(gather.load(1)), asyncio.create_task(gather.load(1))
    await settled()
    leaving.cancel()
    await settled()
    fetch.may_answer.set()
    assert await staying == 2
    with pytest.raises(asyncio.CancelledError):
        await leaving


async def test_look_ups_that_come_as_queries_end_are_not_left_behind() -> None:
    fetch = Doubling()
    fetch.may_answer.set()
    gather = BatchLoader(fetch)

    async def one_after_the_other() -> None:
        for key in range(100):
            assert await gather.load(key) == 2 * key

    async with asyncio.timeout(HANG_SECONDS):
        await asyncio.gather(*(one_after_the_other() for _ in range(5)))
