"""The real service for tests: `hpts serve` as a child process, and tokens that it accepts."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

import httpx

from app.dev.server import PrivateServer, private_server
from app.dev.tokens import SCOPES, mint
from tests.support.client import LedgerClient

TOKEN_SECONDS: Final = 20 * 3_600
"""Longer than any run of the tests, and less than the day that an issuer of access tokens may be held to."""


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server on one database, shared by many tests: each test has a new tenant and so sees no rows of another."""

    private: PrivateServer
    transport: httpx.BaseTransport | None = None
    """How clients reach the server, if not directly."""

    @property
    def url(self) -> str:
        return self.private.url

    @property
    def database_url(self) -> str:
        return self.private.settings.database_url

    def token(self, scopes: tuple[str, ...] = SCOPES, tenant: str | None = None, subject: str = "tests") -> str:
        """For `tenant`, or for a new one."""
        return mint(self.private.settings, tenant or str(uuid4()), scopes, subject, TOKEN_SECONDS)

    def client(self, tenant: str | None = None, scopes: tuple[str, ...] = SCOPES) -> LedgerClient:
        """A client of a new tenant, or of `tenant`."""
        tenant_id = tenant or str(uuid4())
        return LedgerClient(self.url, self.token(scopes, tenant_id), tenant_id, self.transport)


@contextmanager
def running_server(database_url: str, folder: Path, settings: Mapping[str, str] | None = None) -> Iterator[RunningServer]:
    """`settings` are fields of app.settings.Settings, as text."""
    with private_server(database_url, folder, settings) as private:
        yield RunningServer(private)
