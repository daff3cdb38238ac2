"""Between two requests with large bodies everything else that is ready is done."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from app.edge.turns import LARGE_BYTES, Turns, has_large_body


async def test_other_work_is_done_between_any_two_turns() -> None:
    turns, done = Turns(), []

    async def large(number: int) -> None:
        await turns.wait()
        done.append(f"large {number}")

    async def small() -> None:
        for number in range(4):
            done.append(f"small {number}")
            await asyncio.sleep(0)

    await asyncio.gather(*(large(number) for number in range(3)), small())
    between = [done.index(f"large {number + 1}") - done.index(f"large {number}") for number in range(2)]
    assert all(steps > 1 for steps in between), done


@pytest.mark.parametrize(
    ("length", "is_large"),
    [(b"7", False), (b"65536", False), (b"65537", True), (b"400000", True), (b"9" * 400, True), (None, True)],
)
def test_a_body_is_large_by_the_length_it_says(length: bytes | None, is_large: bool) -> None:
    request: Any = SimpleNamespace(headers={} if length is None else {b"content-length": length})
    assert LARGE_BYTES == 65_536
    assert has_large_body(request) is is_large
