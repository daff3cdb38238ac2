"""A TCP relay in front of the database, to make it unreachable (`cut`), silent (`hold`) or another one (`redirect`)."""

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


class Relay:
    """Listens on a port of its own and passes bytes to the server of `database_url` and back."""

    def __init__(self, database_url: str) -> None:
        parts = urlsplit(database_url)
        self.redirect(database_url)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        user = f"{parts.username}:{parts.password}@" if parts.password else f"{parts.username}@"
        self.url = parts._replace(netloc=f"{user}127.0.0.1:{self.port}").geturl()
        self._open: list[socket.socket] = []
        self._may_pass = threading.Event()
        self._may_pass.set()
        self._listen()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.cut()
        self._may_pass.set()

    def cut(self) -> None:
        """Closes all connections, and refuses new ones."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for each in self._open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self._open.clear()

    def mend(self) -> None:
        """Accepts connections on the same port again."""
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._listen()

    def redirect(self, database_url: str) -> None:
        """New connections lead to another server; those that are open stay with theirs."""
        parts = urlsplit(database_url)
        self._target = (parts.hostname or "127.0.0.1", parts.port or 5432)

    def hold(self) -> None:
        """Accepts connections, but passes nothing on until `release`."""
        self._may_pass.clear()

    def release(self) -> None:
        self._may_pass.set()

    def _listen(self) -> None:
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(self._target)
                self._open += [near, far]
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=(source, sink), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._may_pass.wait()
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)
