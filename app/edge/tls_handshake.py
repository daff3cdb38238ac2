"""The beginning of a connection over TLS: the handshake, with the certificate of the moment, bounded in number and time.

A connection is counted as one when its handshake is complete. Handshakes under way are counted by themselves, and one more ends
the oldest of them, so that clients which never complete theirs keep out nobody.
"""

import asyncio
import logging
from collections.abc import Coroutine, Generator
from typing import Any, Final

from uvicorn import Config
from uvicorn.server import ServerState

from app.edge.connections import Connections
from app.edge.tls_context import TlsContexts
from app.edge.tls_http1 import TlsHttp1

logger: Final = logging.getLogger("hpts.tls")


class Started:
    """A coroutine whose first step is taken here and now, and whose others are taken by the task that awaits this."""

    def __init__(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        self._coroutine = coroutine
        self._first = coroutine.send(None)

    def __await__(self) -> Generator[Any, Any, Any]:
        try:
            yield self._first
        except BaseException as error:
            self._coroutine.throw(error)
            raise
        return (yield from self._coroutine.__await__())


class TlsHandshake(asyncio.Protocol):
    """Made by uvicorn's server for every connection, with the same arguments as TlsHttp1, which takes it over."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        connections: Connections,
        contexts: TlsContexts,
    ) -> None:
        self._config = config
        self._server_state = server_state
        self._app_state = app_state
        self._loop = _loop or asyncio.get_running_loop()
        self._connections = connections
        self._contexts = contexts

    def connection_made(self, transport: Any) -> None:
        """The handshake begins before this returns, because what arrives afterwards belongs to it already."""
        self._transport = transport
        self._server_state.connections.add(self)  # type: ignore[arg-type]
        self._connections.begin_handshake(self)
        deadlines = self._connections.deadlines
        handshake = self._loop.start_tls(
            transport,
            asyncio.Protocol(),
            self._contexts.current(),
            server_side=True,
            ssl_handshake_timeout=deadlines.head,
            ssl_shutdown_timeout=deadlines.linger,
        )
        task = self._loop.create_task(self._complete(Started(handshake)))
        self._server_state.tasks.add(task)
        task.add_done_callback(self._server_state.tasks.discard)

    def make_room(self) -> None:
        self._transport.abort()

    def shutdown(self) -> None:
        """The server stops."""
        self._transport.abort()

    async def _complete(self, handshake: Started) -> None:
        try:
            over_tls = await handshake
        except OSError as error:
            logger.info("TLS handshake failed: %s", getattr(error, "verify_message", "") or getattr(error, "reason", "") or error)
            return
        finally:
            self._connections.handshakes.pop(self, None)
            self._server_state.connections.discard(self)
        if self._transport.is_closing():
            return
        http = TlsHttp1(
            self._config, self._server_state, self._app_state, self._loop, connections=self._connections, wire=self._transport
        )
        over_tls.set_protocol(http)
        http.connection_made(over_tls)
