"""When what was written is sent."""

import asyncio

from app.edge.pending_writes import PendingWrites


class Sender:
    """Notes its name in the order of sending."""

    def __init__(self, name: str, sent: list[str]) -> None:
        self._name = name
        self._sent = sent

    def send(self) -> None:
        self._sent.append(self._name)


async def test_all_that_has_written_is_sent_together_in_its_order() -> None:
    sent: list[str] = []
    pending = PendingWrites()
    for name in ("a", "b"):
        pending.add(Sender(name, sent))
        assert sent == []
    await asyncio.sleep(0)
    assert sent == ["a", "b"]


async def test_what_is_written_later_is_sent_later() -> None:
    sent: list[str] = []
    pending = PendingWrites()
    for name in ("a", "b"):
        pending.add(Sender(name, sent))
        await asyncio.sleep(0)
        assert sent[-1] == name
    assert sent == ["a", "b"]
