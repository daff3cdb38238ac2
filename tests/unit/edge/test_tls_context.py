"""What a handshake accepts, and what it tells: in memory, both sides in one process."""

import ssl
from pathlib import Path

import pytest

from app.auth.client_certificate import read_certificate
from app.edge.admission import TlsClient
from app.edge.tls_context import make_context, tls_client, tls_contexts
from tests.support.certificates import PARTNER_HOST, certificates, der

MADE = certificates()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    MADE.write(tmp_path)
    return tmp_path


def server_context(folder: Path, *, has_ca: bool = True) -> ssl.SSLContext:
    return make_context(folder / "server.pem", folder / "server.key", folder / "ca.pem" if has_ca else None)


def client_context(folder: Path, name: str | None = None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=folder / "ca.pem")
    if name is not None:
        context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    return context


def handshake(server: ssl.SSLContext, client: ssl.SSLContext, name: str | None = "localhost") -> ssl.SSLObject:
    """The server's side of a completed handshake. Raises ssl.SSLError of the side that refuses."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    if name is None:
        client.check_hostname = False
    sides = [
        client.wrap_bio(to_client, to_server, server_hostname=name),
        server.wrap_bio(to_server, to_client, server_side=True),
    ]
    for _ in range(10):
        for side in sides:
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    sides[1].do_handshake()
    return sides[1]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("name", [None, "good"])
def test_tls_1_2_and_1_3_are_spoken_with_a_client_certificate_and_without(
    folder: Path, name: str | None, version: ssl.TLSVersion
) -> None:
    client = client_context(folder, name)
    client.minimum_version = client.maximum_version = version
    done = handshake(server_context(folder), client)
    assert done.version() == version.name.replace("_", ".")
    certificate = None if name is None else read_certificate(der(MADE.good))
    assert tls_client(done) == TlsClient(b"localhost", certificate)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_older_versions_are_not(folder: Path, version: ssl.TLSVersion) -> None:
    client = client_context(folder)
    client.set_ciphers("DEFAULT@SECLEVEL=0")
    client.minimum_version = client.maximum_version = version
    with pytest.raises(ssl.SSLError, match="UNSUPPORTED_PROTOCOL"):
        handshake(server_context(folder), client)


@pytest.mark.parametrize("name", ["expired", "not_yet", "for_servers", "of_stranger", "of_impostor"])
def test_a_bad_certificate_ends_the_handshake(folder: Path, name: str) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(server_context(folder), client_context(folder, name))


def test_without_an_authority_no_certificate_is_asked_for(folder: Path) -> None:
    done = handshake(server_context(folder, has_ca=False), client_context(folder, "good"))
    assert tls_client(done) == TlsClient(b"localhost", None)


@pytest.mark.parametrize(("asked", "told"), [(None, None), ("PARTNER.hpts.example.com", PARTNER_HOST.encode())])
def test_the_name_that_the_client_asks_for_is_kept_as_hosts_are_compared(
    folder: Path, asked: str | None, told: bytes | None
) -> None:
    assert tls_client(handshake(server_context(folder), client_context(folder), asked)).server_name == told


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_no_session_is_resumed(folder: Path, version: ssl.TLSVersion) -> None:
    """A resumed one takes over the client certificate of the first, which may have expired since."""
    client = client_context(folder, "good")
    client.minimum_version = client.maximum_version = version
    done = handshake(server_context(folder), client)
    assert done.session is None or not done.session.has_ticket


def test_a_pair_that_does_not_fit_leaves_the_old_one_in_force(folder: Path, tmp_path: Path) -> None:
    contexts = tls_contexts(folder / "server.pem", folder / "server.key", folder / "ca.pem")
    contexts._every = 0
    first = contexts.current()
    MADE.second.write(tmp_path, "new")
    (tmp_path / "new.pem").replace(folder / "server.pem")
    assert contexts.current() is first
    (tmp_path / "new.key").replace(folder / "server.key")
    assert contexts.current() is not first


def test_files_that_do_not_fit_together_are_refused_at_the_start(folder: Path) -> None:
    for cert, key in (("server.pem", "good.key"), ("server.key", "server.pem"), ("ca.pem", "missing.key")):
        with pytest.raises(OSError):
            tls_contexts(folder / cert, folder / key, None)
