"""The server, the client and the books are those of the service tests."""

from tests.service.conftest import books, client, refused, server

__all__ = ["books", "client", "refused", "server"]
