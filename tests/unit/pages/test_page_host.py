"""Pages are made in threads that wait for no client: neither for one that sends slowly, nor for one that reads slowly."""

import asyncio
from collections.abc import Iterable
from threading import current_thread
from typing import Any

import pytest

from app.edge.asgi_types import Message, Receive
from app.edge.refusals import ClientGone, PayloadTooLarge
from app.pages.page_host import SLICE_BYTES, PageHost
from app.pages.site import FORM_BYTES
from tests.support.waiting import HANG_SECONDS
from tests.unit.edge.support import http_scope, send_request

LARGE = bytes(range(256)) * 4_096
READERS = 40
"""More than there are threads."""


def echo(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """A WSGI application: the body that was sent, or something large."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-Thread", current_thread().name)])
    return [LARGE] if environ["PATH_INFO"] == "/large" else [environ["wsgi.input"].read() or b"page"]


async def test_a_page_is_answered_as_it_is() -> None:
    host = PageHost(echo)
    for path, chunks, body in (("/", (), b"page"), ("/", (b"on", b"e"), b"one"), ("/large", (), LARGE)):
        reply = await send_request(host, http_scope("POST", path), *chunks)
        assert (reply.status, reply.body, reply.header("content-type")) == (200, body, "text/plain")
        assert str(reply.header("x-thread")).startswith("WSGI")


async def test_a_large_answer_is_sent_in_slices() -> None:
    sizes: list[int] = []

    async def send(message: Message) -> None:
        sizes.append(len(message.get("body", b"")))

    await PageHost(echo)(http_scope("GET", "/large"), receiving(b""), send)
    assert sum(sizes) == len(LARGE)
    assert max(sizes) == SLICE_BYTES


async def test_clients_that_do_not_read_or_do_not_send_keep_no_page_from_others() -> None:
    host = PageHost(echo)
    stuck = asyncio.Event()

    async def wait(message: Message) -> None:
        await stuck.wait()

    async def never() -> Message:
        await stuck.wait()
        return {"type": "http.disconnect"}

    async def ignore(message: Message) -> None: ...

    slow = [asyncio.create_task(host(http_scope("GET", "/large"), receiving(b""), wait)) for _ in range(READERS)]
    slow += [asyncio.create_task(host(http_scope("POST", "/"), never, ignore)) for _ in range(READERS)]
    async with asyncio.timeout(HANG_SECONDS):
        assert (await send_request(host, http_scope("GET", "/"))).body == b"page"
    stuck.set()
    ended = await asyncio.gather(*slow, return_exceptions=True)
    assert ended[:READERS] == [None] * READERS
    assert all(isinstance(each, ClientGone) for each in ended[READERS:])


async def test_a_form_that_is_too_large_never_reaches_a_page() -> None:
    with pytest.raises(PayloadTooLarge):
        await send_request(PageHost(echo), http_scope("POST", "/"), b"x" * FORM_BYTES, b"x")


def receiving(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
