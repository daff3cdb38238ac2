"""Between two requests with large bodies everything else that is ready is done."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from app.edge.turns import Turns, has_large_body
from app.limits import LARGE_COMMAND_LOANS


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


def request(length: bytes | None) -> Any:
    return SimpleNamespace(headers={} if length is None else {b"content-length": length})


@pytest.mark.parametrize(
    ("length", "is_large"), [(b"7", False), (b"65536", False), (b"65537", True), (b"400000", True), (b"9" * 400, True)]
)
def test_a_body_is_large_by_the_length_it_says(length: bytes, is_large: bool) -> None:
    assert has_large_body(request(length), {"loans": []}) is is_large


@pytest.mark.parametrize(
    ("document", "is_large"),
    [
        ({"loans": [0] * LARGE_COMMAND_LOANS}, False),
        ({"loans": [0] * (LARGE_COMMAND_LOANS + 1)}, True),
        ([0] * 1_000, False),
        (1, False),
    ],
)
def test_a_body_in_chunks_is_large_by_its_longest_list(document: Any, is_large: bool) -> None:
    assert has_large_body(request(None), document) is is_large
