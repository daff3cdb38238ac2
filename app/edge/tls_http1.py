"""HTTP/1.1 over TLS: each request knows what the handshake of its connection told, and an end loses no answer."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final

from app.auth.client_certificate import CertificateUnreadable
from app.edge.admission import NO_TLS, TLS_KEY
from app.edge.http1 import Http1
from app.edge.lingering_transport import LingeringTransport
from app.edge.pending_writes import PendingWrites
from app.edge.tls_context import tls_client

logger: Final = logging.getLogger("hpts.tls")


class TlsHttp1(Http1):
    """A connection on which a handshake was completed; `wire` is the transport of what is encrypted."""

    def __init__(self, *arguments: Any, wire: asyncio.Transport, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._wire = wire

    def make_writer(self, transport: Any) -> LingeringTransport:
        return TlsLingeringTransport(transport, self._connections.pending_writes, self.loop.time, self._wire)

    def describe(self, transport: Any) -> dict[str, Any]:
        client = NO_TLS
        try:
            client = tls_client(transport.get_extra_info("ssl_object"))
        except CertificateUnreadable as error:
            logger.warning("a client certificate that OpenSSL takes cannot be read: %s", error)
            transport.abort()
        return super().describe(transport) | {TLS_KEY: client}


class TlsLingeringTransport(LingeringTransport):
    """The sending side of a TLS connection has no end of its own, and what is unsent may wait before and after encryption."""

    __slots__ = ("_wire",)

    def __init__(
        self, transport: asyncio.Transport, pending: PendingWrites, now: Callable[[], float], wire: asyncio.Transport
    ) -> None:
        super().__init__(transport, pending, now)
        self._wire = wire

    def unsent_bytes(self) -> int:
        return super().unsent_bytes() + self._wire.get_write_buffer_size()

    def end(self) -> None:
        """All that was encrypted goes out, and then the end of the connection; the client's own farewell is not waited for."""
        if super().unsent_bytes():
            self.linger()
            return
        self._transport.close()
        self._wire.close()

    def end_sending(self) -> None:
        """The client knows by the length of its answer that it is complete."""
