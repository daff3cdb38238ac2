"""A server on the loopback interface whose connections are Http1, and clients of it that write byte by byte."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from uvicorn import Config, Server

from app import limits
from app.contract.document import Contract
from app.edge.admission import Admission
from app.edge.asgi_types import Receive, Scope, Send
from app.edge.connections import Connections, Deadlines
from app.edge.http1 import Http1
from app.edge.json_body import read_body
from app.edge.problems import Problems
from app.edge.respond import COMMON, JSON, send_answer
from app.edge.response_check import ResponseCheck, parse_tier
from app.edge.tls_context import TlsContexts
from app.edge.tls_handshake import TlsHandshake
from app.edge.trace import Trace
from tests.support.certificates import PARTNER_HOST
from tests.support.waiting import HANG_SECONDS

NEVER: Final = float(HANG_SECONDS)
PATIENT: Final = Deadlines(head=NEVER, body=NEVER, idle=NEVER, write=NEVER, linger=NEVER, sweep=0.05)
"""Deadlines that no test reaches; a test of one of them makes that one short."""


class Application:
    """Answers with the path and the length of the body, when it is no longer held; /early does so without reading the body."""

    def __init__(self) -> None:
        self.headers: list[dict[bytes, bytes]] = []
        self.begun: list[str] = []
        self.bodies: dict[str, bytes] = {}
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        self.headers.append(dict(scope["headers"]))
        self.begun.append(path)
        if path != "/early":
            self.bodies[path] = await read_body(receive, limits.LARGEST_BODY_BYTES)
        if path == "/large":
            await self._send_large(send)
            return
        await self.may_answer.wait()
        text = json.dumps({"path": path, "bytes": len(self.bodies.get(path, b""))}).encode()
        await send_answer(send, 401 if path == "/early" else 200, COMMON[JSON], text)

    async def _send_large(self, send: Send) -> None:
        """64 MiB, more than the buffers of a connection take."""
        part, count = b"x" * 65_536, 1_024
        length = (b"content-length", b"%d" % (len(part) * count))
        await send({"type": "http.response.start", "status": 200, "headers": [length]})
        for number in range(count):
            await send({"type": "http.response.body", "body": part, "more_body": number < count - 1})
            await asyncio.sleep(0)


@dataclass(frozen=True, slots=True)
class Reply:
    """`status` is 0 where the connection ended without an answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, *parts: bytes) -> None:
        """Each part in a segment of its own, as far as the server still reads."""
        for part in parts:
            self.writer.write(part)
            with suppress(ConnectionError):
                await self.writer.drain()
            await asyncio.sleep(0.01 if len(parts) > 1 else 0)

    async def reply(self, *, to_head: bool = False) -> Reply:
        """The next answer on the connection; `to_head` for one that has no body whatever its length says."""
        try:
            head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), HANG_SECONDS)
        except (asyncio.IncompleteReadError, ConnectionError):
            return Reply(0, {}, b"")
        status, *lines = head.decode("latin-1").rstrip().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        length = 0 if to_head else int(headers["content-length"])
        return Reply(int(status.split()[1]), headers, await self.reader.readexactly(length))

    async def is_closed(self) -> bool:
        """Waits until the server has ended the connection; whether nothing more came before."""
        try:
            return await asyncio.wait_for(self.reader.read(1), HANG_SECONDS) == b""
        except ConnectionError:
            return True

    async def close(self) -> None:
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()


class Listener:
    """`connections` are those of the server."""

    def __init__(self, application: Application, connections: Connections, server: Server, port: int) -> None:
        self.application = application
        self.connections = connections
        self.server = server
        self.port = port
        self.clients: list[Client] = []

    async def connect(self, *parts: bytes) -> Client:
        client = Client(*await asyncio.open_connection("127.0.0.1", self.port))
        self.clients.append(client)
        await client.send(*parts)
        return client

    async def exchange(self, *parts: bytes) -> Reply:
        """The first answer to these bytes."""
        client = await self.connect(*parts)
        reply = await client.reply()
        await client.close()
        return reply


@asynccontextmanager
async def listening(
    contract: Contract,
    deadlines: Deadlines = PATIENT,
    most: int = limits.CONNECTIONS,
    contexts: TlsContexts | None = None,
) -> AsyncIterator[Listener]:
    """With `contexts` it speaks TLS, and clients have to bring their own."""
    application, connections = Application(), Connections(most, deadlines)
    app = Trace(Problems(application, contract, ResponseCheck(contract, parse_tier("compiled")), Admission([PARTNER_HOST])))
    protocol: Any = partial(Http1, connections=connections)
    if contexts is not None:
        protocol = partial(TlsHandshake, connections=connections, contexts=contexts)
    config = Config(
        app,
        http=protocol,
        loop="none",
        ws="none",
        lifespan="off",
        log_config=None,
        server_header=False,
    )
    server = Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    with socket.create_server(("127.0.0.1", 0), backlog=1_024) as bound:
        await server.startup(sockets=[bound])
        listener = Listener(application, connections, server, bound.getsockname()[1])
        yield listener
        application.may_answer.set()
        for client in listener.clients:
            await client.close()
        await _shut_down(server)


async def _shut_down(server: Server) -> None:
    """What `Server.shutdown` does, without its pause of a tenth of a second."""
    for each in server.servers:
        each.close()
    for connection in list(server.server_state.connections):
        connection.shutdown()
    async with asyncio.timeout(HANG_SECONDS):
        while server.server_state.connections or server.server_state.tasks:
            await asyncio.sleep(0.001)


def get(path: str = "/", *headers: bytes, host: bytes | None = b"localhost", version: bytes = b"1.1") -> bytes:
    """A request without a body."""
    hosts = [] if host is None else [b"host: " + host]
    return b"\r\n".join([b"GET %s HTTP/%s" % (path.encode(), version), *hosts, *headers, b"", b""])


def post(path: str, body: bytes, *headers: bytes) -> bytes:
    """A request with a body of stated length."""
    lines = [b"POST %s HTTP/1.1" % path.encode(), b"host: localhost", b"content-length: %d" % len(body), *headers]
    return b"\r\n".join([*lines, b"", body])


def chunked(path: str, *chunks: bytes, trailers: bytes = b"") -> bytes:
    """A request whose body comes in these chunks; the last one and the trailers follow."""
    return (
        chunked_head(path) + b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n" + trailers + b"\r\n"
    )


def chunked_head(path: str) -> bytes:
    return b"POST %s HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n" % path.encode()
