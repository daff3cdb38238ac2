"""A service with TLS of its own, one behind nginx, and clients of both that choose certificate, host, headers and address."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import orjson

from tests.support.certificates import PARTNER_HOST, certificates
from tests.support.databases import Databases
from tests.support.issuer import Issuer
from tests.support.nginx import nginx
from tests.support.readme import blocks
from tests.support.server import RunningServer, running_server
from tests.support.waiting import HANG_SECONDS

BALANCE: Final = "/v1/accounts/1100/balance?currency=USD"
ORDINARY_HOST: Final = "localhost"
HOSTS: Final = (ORDINARY_HOST, PARTNER_HOST)
TRUSTED: Final = "127.0.0.1"
UNTRUSTED: Final = "127.0.0.3"
"""Addresses from which clients connect; the second is no proxy's."""
NO_ANSWER: Final = (0, "")


@dataclass(frozen=True)
class Way:
    """One way to a service: `url` is where clients connect; `folder` has the certificates."""

    url: str
    folder: Path
    server: RunningServer
    is_tls: bool = True

    def issuer(self, tenant_id: str) -> Issuer:
        return Issuer(self.server.private.settings, tenant_id)

    def context(self, name: str | None) -> ssl.SSLContext:
        return _context(self.folder, name)

    @contextmanager
    def connection(
        self, name: str | None = None, sni: str | None = ORDINARY_HOST, source: str = TRUSTED
    ) -> Iterator[socket.socket]:
        """With the client certificate of that name. Raises OSError when the service refuses it."""
        where = urlsplit(self.url)
        plain = socket.create_connection((where.hostname, where.port), HANG_SECONDS, (source, 0))
        with plain:
            if not self.is_tls:
                yield plain
                return
            with self.context(name).wrap_socket(plain, server_hostname=sni or "127.0.0.1") as connection:
                yield connection

    def ask(
        self, name: str | None, host: str, *headers: str, token: str | None = None, trailer: str = "", path: str = BALANCE
    ) -> tuple[int, str]:
        """Status and problem code of the answer to one request; NO_ANSWER when the connection is refused."""
        try:
            with self.connection(name, host) as connection:
                return exchange(connection, host, *headers, token=token, trailer=trailer, path=path)
        except (OSError, HTTPException):
            return NO_ANSWER


def exchange(
    connection: socket.socket, host: str, *headers: str, token: str | None = None, trailer: str = "", path: str = BALANCE
) -> tuple[int, str]:
    """Asks once over a connection that is open, and stays so. Raises OSError and HTTPException."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}", *headers]
    lines += [f"Authorization: Bearer {token}"] if token is not None else []
    lines += ["Transfer-Encoding: chunked", "", "0", trailer] if trailer else []
    connection.sendall("\r\n".join([*lines, "", ""]).encode())
    with HTTPResponse(connection) as answer:
        answer.begin()
        body = answer.read()
    is_problem = answer.headers.get("content-type") == "application/problem+json"
    return answer.status, str(orjson.loads(body)["code"]) if is_problem else ""


@cache
def _context(folder: Path, name: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=folder / "ca.pem")
    if name is not None:
        context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    return context


def written(folder: Path) -> Path:
    """A folder with all certificates of the tests."""
    made = folder / "certificates"
    made.mkdir()
    certificates().write(made)
    return made


@contextmanager
def direct(databases: Databases, folder: Path) -> Iterator[Way]:
    """The service speaks TLS itself. It trusts a proxy too, which none of these clients is."""
    files = written(folder)
    settings = {
        "tls_cert": str(files / "server.pem"),
        "tls_key": str(files / "server.key"),
        "tls_client_ca": str(files / "ca.pem"),
        "tls_client_crl": str(files / "crl.pem"),
        "trusted_proxies": "127.0.0.9/32",
    }
    with databases.fresh("sqlite") as url, running_server(url, folder, settings) as server:
        yield Way(server.url, files, server)


@contextmanager
def behind_nginx(databases: Databases, folder: Path, repository: Path) -> Iterator[tuple[Way, Way]]:
    """The way through nginx, and the way past it to the same service, which only proxies should have."""
    files = written(folder)
    settings = {
        "tls_client_ca": str(files / "ca.pem"),
        "tls_client_crl": str(files / "crl.pem"),
        "trusted_proxies": f"{TRUSTED}/32",
    }
    (site,) = blocks(repository / "docs" / "partners.md", "nginx")
    with (
        databases.fresh("sqlite") as url,
        running_server(url, folder, settings) as server,
        nginx(site, server.url, files) as front,
    ):
        yield Way(front, files, server), Way(server.url, files, server, is_tls=False)
