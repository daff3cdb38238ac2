"""Names to addresses, and an error of one kind for a name that has none."""

import asyncio
import socket
from threading import Event
from typing import Any

import pytest

from app.webhooks.resolver import resolve


async def test_all_addresses_of_a_name_once_each(monkeypatch: pytest.MonkeyPatch) -> None:
    addresses: list[Any] = [(socket.AF_INET, 1, 6, "", (each, 443)) for each in ("192.0.2.1", "192.0.2.2", "192.0.2.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: addresses)
    assert await resolve("receiver.example", 443) == ["192.0.2.1", "192.0.2.2"]


async def test_an_address_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await resolve("127.0.0.1", 443) == ["127.0.0.1"]


@pytest.mark.parametrize("name", ["receiver.invalid", "a" * 64 + ".example", "a..b"])
async def test_a_name_without_an_address_is_an_error(name: str) -> None:
    with pytest.raises(OSError) as failed:
        await resolve(name, 443)
    assert str(failed.value)


async def test_a_look_up_that_hangs_keeps_no_other_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = Event()

    def look_up(host: str, *_: object, **__: object) -> list[Any]:
        if host == "hangs.example":
            ended.wait()
        return [(socket.AF_INET, 1, 6, "", ("192.0.2.1", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    hanging = [asyncio.create_task(resolve("hangs.example", 443)) for _ in range(50)]
    await asyncio.sleep(0)
    assert await resolve("receiver.example", 443) == ["192.0.2.1"]
    ended.set()
    await asyncio.gather(*hanging)
