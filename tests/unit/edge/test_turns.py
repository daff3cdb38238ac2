"""Between two requests with large bodies everything else that is ready is done."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from app.edge.turns import LARGE_BYTES, Turns, has_large_body


async def test_other_work_has_several_rounds_of_the_loop_between_any_two_turns() -> None:
    turns = Turns()
    done: list[str] = []

    async def large() -> None:
        await turns.wait()
        done.append("large")

    async def small() -> None:
        while done.count("large") < 3:
            done.append("small")
            await asyncio.sleep(0)

    await asyncio.gather(*(large() for _ in range(3)), small())
    first, second, third = (number for number, what in enumerate(done) if what == "large")
    assert first == 0
    assert min(second - first, third - second) > 5


@pytest.mark.parametrize(
    ("length", "is_large"),
    [(b"7", False), (b"65536", False), (b"65537", True), (b"400000", True), (b"9" * 400, True), (None, True)],
)
def test_a_body_is_large_by_the_length_it_says(length: bytes | None, is_large: bool) -> None:
    request: Any = SimpleNamespace(headers={} if length is None else {b"content-length": length})
    assert LARGE_BYTES == 65_536
    assert has_large_body(request) is is_large
