"""Two copies behind the real nginx are restarted one after the other while clients post: no request fails, no posting is lost."""

import signal
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.dev.child_process import free_port
from app.dev.tokens import SCOPES
from tests.service.concurrent_clients import ConcurrentClients
from tests.support import nginx
from tests.support.books import Books
from tests.support.client import LedgerClient, new_id
from tests.support.server import RunningServer, running_server
from tests.support.waiting import HANG_SECONDS

COPIES: Final = 2
ROUNDS: Final = 1
POSTINGS_BETWEEN: Final = 15
"""Acknowledged before each restart, so that every restart happens under load."""


class Copy:
    """A gunicorn master with its worker, which can be restarted on its port."""

    def __init__(self, database_url: str, folder: Path, keys: Path) -> None:
        folder.mkdir()
        self._database_url, self._folder = database_url, folder
        self._settings = {"jwks": str(keys), "port": str(free_port()), "workers": "1"}
        self._running = ExitStack()
        self.server = self._start()

    def _start(self) -> RunningServer:
        return self._running.enter_context(running_server(self._database_url, self._folder, self._settings))

    def restart(self) -> None:
        process = self.server.private.process
        process.send_signal(signal.SIGTERM)
        assert process.wait(HANG_SECONDS) == 0
        self._running.close()
        self.server = self._start()

    def close(self) -> None:
        self._running.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class BehindTls(RunningServer):
    """A server whose clients speak TLS and trust this authority."""

    authority: Path

    def client(self, tenant: str | None = None, scopes: tuple[str, ...] = SCOPES) -> LedgerClient:
        tenant_id = tenant or new_id()
        transport = httpx.HTTPTransport(verify=ssl.create_default_context(cafile=self.authority))
        return LedgerClient(self.url, self.token(scopes, tenant_id), tenant_id, transport)


def write_certificate(folder: Path) -> None:
    """One that is its own authority, for 127.0.0.1."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "rolling restart")])
    address = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
    certificate = builder.add_extension(address, critical=False).sign(key, hashes.SHA256())
    (folder / "server.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    (folder / "server.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))


@contextmanager
def behind_nginx(copies: list[Copy], site: str, folder: Path) -> Iterator[RunningServer]:
    """The copies as clients see them, with the site of deploy/nginx in front."""
    write_certificate(folder)
    first, *others = [urlsplit(each.server.url).netloc for each in copies]
    servers = "".join(f" server {other} max_fails=0;" for other in others)
    written = "server hpts:3000 max_fails=0;"
    assert written in site
    site = site.replace(written, f"server 127.0.0.1:3000 max_fails=0;{servers}")
    with nginx.nginx(site, f"http://{first}", folder) as url:
        yield BehindTls(replace(copies[0].server.private, url=url), authority=folder / "server.pem")


@pytest.mark.skipif(nginx.PROGRAM is None, reason=nginx.WHY_NOT)
def test_copies_that_are_restarted_one_after_the_other_fail_nobody(postgresql_url: str, repository: Path, tmp_path: Path) -> None:
    site = (repository / "deploy" / "nginx" / "hpts.conf").read_text()
    clients, keys = ConcurrentClients(), tmp_path / "keys" / "jwks.json"
    with ExitStack() as stack:
        copies = [Copy(postgresql_url, tmp_path / str(number), keys) for number in range(COPIES)]
        for copy in copies:
            stack.callback(copy.close)
        server = stack.enter_context(behind_nginx(copies, site, tmp_path))
        clients.open_loans(server)
        for copy in copies * ROUNDS:
            with clients.posting(server, POSTINGS_BETWEEN):
                copy.restart()
        answered = clients.acknowledged.keys() | {str(each.request.headers["idempotency-key"]) for each in clients.refused}
        assert [each.text for each in clients.refused if each.status_code != httpx.codes.OK] == []
        assert answered == clients.sent.keys(), "a request had no answer"
        with server.client(clients.tenant_id) as client, Books(postgresql_url) as books:
            replays = clients.repeat_all(client)
            assert {key: replays[key] for key in clients.acknowledged} == clients.acknowledged
            assert books.count("journal_entries", clients.tenant_id) == len(clients.sent) + len(clients.loan_ids)
            assert books.trial_balance(clients.tenant_id) == 0
