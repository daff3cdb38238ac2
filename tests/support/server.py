"""The real service for tests: `hpts serve` as a process of its own, and tokens that it takes."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx

from app.dev.server import PrivateServer, private_server
from app.dev.tokens import SCOPES, mint
from tests.support.client import LedgerClient


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server on one database; each test acts for a tenant of its own, so tests do not see each other."""

    private: PrivateServer
    transport: httpx.BaseTransport | None = None
    """How clients reach the server, where it is not straight."""

    @property
    def url(self) -> str:
        return self.private.url

    @property
    def database_url(self) -> str:
        return self.private.settings.database_url

    def token(self, scopes: tuple[str, ...] = SCOPES, tenant: str | None = None, subject: str = "tests") -> str:
        """A token of one hour; without `tenant`, for one that nobody else has."""
        return mint(self.private.settings, tenant or str(uuid4()), scopes, subject)

    def client(self, tenant: str | None = None, scopes: tuple[str, ...] = SCOPES) -> LedgerClient:
        """A client of a new tenant, or of `tenant`."""
        tenant_id = tenant or str(uuid4())
        return LedgerClient(self.url, self.token(scopes, tenant_id), tenant_id, self.transport)


@contextmanager
def running_server(database_url: str, folder: Path, settings: Mapping[str, str] | None = None) -> Iterator[RunningServer]:
    """`settings` are fields of app.settings.Settings, as text."""
    with private_server(database_url, folder, settings) as private:
        yield RunningServer(private)
