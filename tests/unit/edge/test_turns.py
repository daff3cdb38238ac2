"""Between two requests with large bodies there is a pause, in which everything else goes on."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from app.edge import turns
from app.edge.turns import Turns, has_large_body
from app.limits import LARGE_COMMAND_LOANS


async def test_the_first_turn_is_had_at_once_and_the_next_only_after_the_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """However often the loop goes round meanwhile, with whatever else is ready."""
    monkeypatch.setattr(turns, "PAUSE_SECONDS", 3_600)
    of_operation = Turns()
    await of_operation.wait()
    second = asyncio.create_task(of_operation.wait())
    for _ in range(100):
        await asyncio.sleep(0)
    assert not second.done()
    second.cancel()


async def test_all_have_their_turn_one_after_another() -> None:
    of_operation = Turns()
    done: list[int] = []

    async def large(number: int) -> None:
        await of_operation.wait()
        done.append(number)

    await asyncio.gather(*(large(number) for number in range(3)))
    assert done == [0, 1, 2]


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
