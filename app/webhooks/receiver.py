"""One receiver: its addresses, checked at each connect, and connections that are kept for the next request.

A name is resolved once for a connection, every address of it is checked, and the connection goes to a checked address; the name
is used for TLS alone. So a name that leads elsewhere a moment later leads nowhere. Redirects are not followed, no proxy is used.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.webhooks.addresses import is_public
from app.webhooks.delivery_store import DeliveryError
from app.webhooks.endpoint_url import EndpointUrl
from app.webhooks.http_connection import ConnectionEnded, ReceiverAnswer, ReceiverConnection
from app.webhooks.resolver import Resolve

ATTEMPT_SECONDS: Final = 10.0
"""For everything: name, connection, TLS, request and answer."""
TCP_SECONDS: Final = 3.0
"""For one of several addresses, before the next one is tried."""
ADDRESSES_TRIED: Final = 4
CONNECTION_SECONDS: Final = 60.0
"""Age from which a connection is not used again, so that a change of the name is followed."""


class NoAnswer(Exception):
    def __init__(self, error: DeliveryError) -> None:
        super().__init__(error)
        self.error: DeliveryError = error


@dataclass(frozen=True, slots=True)
class Network:
    """How receivers are reached; `tls` verifies certificates against the system's store, or the file that SSL_CERT_FILE names."""

    resolve: Resolve
    tls: ssl.SSLContext
    attempt_seconds: float = ATTEMPT_SECONDS


def tls_context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class Receiver:
    """Many requests may be under way at once, each on a connection of its own."""

    def __init__(self, url: EndpointUrl, network: Network) -> None:
        self._url = url
        self._network = network
        self._idle: list[tuple[ReceiverConnection, float]] = []
        self._lookup: asyncio.Task[list[str]] | None = None

    async def send(self, request: bytes) -> ReceiverAnswer:
        """The answer, of which the status line decides, whatever became of the rest. Raises NoAnswer."""
        used: list[ReceiverConnection] = []
        try:
            async with asyncio.timeout(self._network.attempt_seconds):
                return await self._exchange(request, used)
        except TimeoutError:
            status = used[-1].status_so_far() if used else None
            if status is not None:
                return ReceiverAnswer(status)
            raise NoAnswer("timeout") from None

    def close(self) -> None:
        """Ends idle connections, and those in use once their answer is there."""
        for connection, _ in self._idle:
            connection.close()
        self._idle.clear()
        if self._lookup is not None:
            self._lookup.cancel()

    async def _exchange(self, request: bytes, used: list[ReceiverConnection]) -> ReceiverAnswer:
        """A kept connection may have been closed by the other side meanwhile: then the request goes out on a new one."""
        kept = self._kept()
        if kept is not None:
            try:
                return await self._exchange_on(*kept, request, used)
            except ConnectionEnded as ended:
                if not ended.is_unused:
                    raise NoAnswer("closed") from None
        connection, opened_at = await self._connect(), asyncio.get_running_loop().time()
        try:
            return await self._exchange_on(connection, opened_at, request, used)
        except ConnectionEnded:
            raise NoAnswer("closed") from None

    async def _exchange_on(
        self, connection: ReceiverConnection, opened_at: float, request: bytes, used: list[ReceiverConnection]
    ) -> ReceiverAnswer:
        used.append(connection)
        answer = await connection.exchange(request)
        if connection.is_open:
            self._idle.append((connection, opened_at))
        return answer

    def _kept(self) -> tuple[ReceiverConnection, float] | None:
        now = asyncio.get_running_loop().time()
        while self._idle:
            connection, opened_at = self._idle.pop()
            if connection.is_open and now - opened_at < CONNECTION_SECONDS:
                return connection, opened_at
            connection.close()
        return None

    async def _connect(self) -> ReceiverConnection:
        addresses = (await self._checked_addresses())[:ADDRESSES_TRIED]
        for address in addresses:
            try:
                async with asyncio.timeout(None if address == addresses[-1] else TCP_SECONDS):
                    connected = await _tcp_connection(address, self._url.port)
            except OSError:  # a TimeoutError is one
                continue
            return await self._http_connection(connected)
        raise NoAnswer("connect")

    async def _checked_addresses(self) -> Sequence[str]:
        """Connections that are opened together share one look-up."""
        if self._lookup is None or self._lookup.done():
            self._lookup = asyncio.create_task(self._network.resolve(self._url.host, self._url.port))
            self._lookup.add_done_callback(_note_failure)
        try:
            addresses = await asyncio.shield(self._lookup)
        except OSError:
            raise NoAnswer("unresolved") from None
        if not addresses:
            raise NoAnswer("unresolved")
        if not self._url.is_private_allowed and not all(is_public(ipaddress.ip_address(each)) for each in addresses):
            raise NoAnswer("refused_address")
        return addresses

    async def _http_connection(self, connected: socket.socket) -> ReceiverConnection:
        loop = asyncio.get_running_loop()
        tls = self._network.tls if self._url.is_secure else None
        try:
            _, connection = await loop.create_connection(
                ReceiverConnection, sock=connected, ssl=tls, server_hostname=self._url.host if tls else None
            )
        except (OSError, ssl.SSLError):
            raise NoAnswer("tls" if self._url.is_secure else "connect") from None
        return connection


def _note_failure(lookup: asyncio.Task[list[str]]) -> None:
    """Nobody may be waiting for it any more."""
    if not lookup.cancelled():
        lookup.exception()


async def _tcp_connection(address: str, port: int) -> socket.socket:
    """To this address and no other."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    connecting = socket.socket(family, socket.SOCK_STREAM)
    connecting.setblocking(False)
    try:
        await asyncio.get_running_loop().sock_connect(connecting, (address, port))
    except BaseException:
        connecting.close()
        raise
    return connecting
