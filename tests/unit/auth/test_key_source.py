"""Where a key set is read from: files and URLs, both bounded in time and memory, and a failure that says what is wrong."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import pytest

from app.auth import key_source as key_source_module
from app.auth.key_source import KEY_SET_BYTES, FileKeySource, KeySetUnreadable, KeySource, UrlKeySource, key_source
from app.dev.child_process import free_port
from tests.unit.auth.tokens import key_set

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


async def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(key_set())
    source = key_source(str(path))
    assert isinstance(source, FileKeySource)
    assert await source.read() == key_set()


async def test_a_missing_or_endless_file_is_refused(tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    large.write_bytes(b" " * (KEY_SET_BYTES + 1))
    for path in (tmp_path / "missing.json", tmp_path, large):
        with pytest.raises(KeySetUnreadable):
            await FileKeySource(path).read()


def served(answer: httpx.Response) -> KeySource:
    return UrlKeySource("https://issuer.example/keys", httpx.MockTransport(lambda _: answer))


async def test_a_url_is_read() -> None:
    assert isinstance(key_source("https://issuer.example/keys"), UrlKeySource)
    assert await served(httpx.Response(200, content=key_set())).read() == key_set()


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(302, headers={"location": "https://evil.example/"}),
        httpx.Response(404),
        httpx.Response(500, content=json.dumps({"keys": []}).encode()),
        httpx.Response(204),
        httpx.Response(200, content=b" " * (KEY_SET_BYTES + 1)),
    ],
)
async def test_a_redirect_an_error_and_an_endless_answer_are_refused(answer: httpx.Response) -> None:
    with pytest.raises(KeySetUnreadable):
        await served(answer).read()


async def test_an_issuer_that_cannot_be_reached_is_told_as_such() -> None:
    def unreachable(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route", request=request)

    with pytest.raises(KeySetUnreadable, match="no route"):
        await UrlKeySource("https://issuer.example/keys", httpx.MockTransport(unreachable)).read()


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        ("https://issuer.example/keys", UrlKeySource),
        ("http://127.0.0.1:8080/keys", UrlKeySource),
        ("/etc/hpts/jwks.json", FileKeySource),
        ("jwks.json", FileKeySource),
        ("ftp://issuer.example/keys", FileKeySource),
    ],
)
def test_a_location_is_a_url_when_it_looks_like_one(location: str, kind: type[KeySource]) -> None:
    assert type(key_source(location)) is kind


async def test_a_file_of_the_greatest_size_is_read_and_a_failure_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(b" " * KEY_SET_BYTES)
    assert len(await FileKeySource(path).read()) == KEY_SET_BYTES
    with pytest.raises(KeySetUnreadable, match=r"missing\.json: No such file"):
        await FileKeySource(tmp_path / "missing.json").read()


class LoopbackIssuer:
    """An HTTP server of one connection after another; `answer` writes what comes after the head of a request."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.heads: list[bytes] = []
        self.url = ""
        self.serving: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.serving.add(task)
        try:
            with suppress(ConnectionError, EOFError):
                self.heads.append(await reader.readuntil(b"\r\n\r\n"))
                await self.answer(writer)
        finally:
            writer.close()


@asynccontextmanager
async def issuer(answer: Answer) -> AsyncIterator[LoopbackIssuer]:
    listening = LoopbackIssuer(answer)
    server = await asyncio.start_server(listening.serve, "127.0.0.1", 0)
    listening.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/keys"
    try:
        yield listening
    finally:
        server.close()
        for task in listening.serving:
            task.cancel()
        await asyncio.gather(*listening.serving, return_exceptions=True)


def exactly(text: bytes) -> Answer:
    """The server writes this text and closes."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(text)
        await writer.drain()

    return answer


async def nothing(_: asyncio.StreamWriter) -> None:
    """The server takes the request and never answers."""
    await asyncio.Event().wait()


async def without_end(writer: asyncio.StreamWriter) -> None:
    """The server sends a body whose length it does not tell, and never stops."""
    writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")
    while True:
        writer.write(b" " * 65_536)
        await writer.drain()


def ok(body: bytes, *headers: bytes) -> bytes:
    lines = [b"HTTP/1.1 200 OK", b"connection: close", b"content-length: %d" % len(body), *headers, b"", body]
    return b"\r\n".join(lines)


async def test_a_server_is_asked_for_json_and_its_key_set_is_read() -> None:
    async with issuer(exactly(ok(key_set()))) as listening:
        assert await key_source(listening.url).read() == key_set()
    [head] = listening.heads
    assert head.startswith(b"GET /keys HTTP/1.1\r\n")
    assert b"accept: application/json, application/jwk-set+json\r\n" in head.lower()


async def test_every_reading_asks_the_server_again() -> None:
    async with issuer(exactly(ok(key_set()))) as listening:
        source = UrlKeySource(listening.url)
        for _ in range(2):
            await source.read()
    assert len(listening.heads) == 2


async def test_a_redirect_is_not_followed_whatever_it_carries() -> None:
    moved = ok(key_set(), b"location: /keys").replace(b"200 OK", b"307 Temporary Redirect")
    async with issuer(exactly(moved)) as listening:
        with pytest.raises(KeySetUnreadable, match="status 307"):
            await UrlKeySource(listening.url).read()
    assert len(listening.heads) == 1


async def test_a_server_that_never_stops_sending_is_cut_off() -> None:
    async with issuer(without_end) as listening:
        with pytest.raises(KeySetUnreadable, match=f"larger than {KEY_SET_BYTES} bytes"):
            await UrlKeySource(listening.url).read()


async def test_a_compressed_answer_is_bounded_by_what_it_unpacks_to() -> None:
    packed = gzip.compress(b" " * (100 * KEY_SET_BYTES))
    assert len(packed) < KEY_SET_BYTES
    async with issuer(exactly(ok(packed, b"content-encoding: gzip"))) as listening:
        with pytest.raises(KeySetUnreadable, match="larger than"):
            await UrlKeySource(listening.url).read()


async def test_a_server_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_source_module, "DOWNLOAD_SECONDS", 0.05)
    async with issuer(nothing) as listening:
        with pytest.raises(KeySetUnreadable, match="Timeout"):
            await UrlKeySource(listening.url).read()


@pytest.mark.parametrize("answer", [b"", b"no HTTP\r\n\r\n", ok(key_set())[:-1]])
async def test_an_answer_that_is_broken_off_or_not_http_is_refused(answer: bytes) -> None:
    async with issuer(exactly(answer)) as listening:
        with pytest.raises(KeySetUnreadable, match="RemoteProtocolError"):
            await UrlKeySource(listening.url).read()


async def test_a_port_that_nobody_listens_on_is_told_with_the_url() -> None:
    url = f"http://127.0.0.1:{free_port()}/keys"
    with pytest.raises(KeySetUnreadable, match=f"^{url}: ConnectError"):
        await UrlKeySource(url).read()


async def test_a_url_that_is_none_is_unreadable() -> None:
    with pytest.raises(KeySetUnreadable, match="InvalidURL"):
        await UrlKeySource("http://127.0.0.1:port/keys").read()
