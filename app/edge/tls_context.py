"""The server's side of TLS: versions, certificate, and which client certificates a handshake accepts.

A context is made anew when one of its files changes; connections keep the one that they began with.
"""

import ssl
from pathlib import Path
from typing import Any, Final

from app.auth.client_certificate import read_certificate
from app.auth.reread_files import RereadFiles
from app.edge.admission import TlsClient
from app.edge.host_name import host_name

SERVER_NAME: Final = "hpts_server_name"
"""The attribute in which an SSLObject keeps the name that its client asked for: the library tells it once and forgets it."""
NO_PASSWORD: Final = ""
"""Given so that for an encrypted key the library fails, where it would ask at the terminal and wait."""
TlsContexts = RereadFiles[ssl.SSLContext]


def tls_contexts(cert: Path, key: Path, client_ca: Path | None) -> TlsContexts:
    """Raises OSError (of which ssl.SSLError is one) and ValueError when the files are unusable or do not fit together."""
    paths = [cert, key] if client_ca is None else [cert, key, client_ca]
    return RereadFiles(paths, lambda *_: make_context(cert, key, client_ca))


def make_context(cert: Path, key: Path, client_ca: Path | None) -> ssl.SSLContext:
    """TLS 1.2 and 1.3. A client certificate is asked for where there is a `client_ca`, and may be left out.

    No session is resumed, because a resumed one takes over the client certificate without verifying it again.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_TICKET
    context.num_tickets = 0
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(cert, key, NO_PASSWORD)
    if client_ca is not None:
        context.load_verify_locations(client_ca)
        context.verify_mode = ssl.CERT_OPTIONAL
    context.sni_callback = _keep_server_name
    return context


def tls_client(connection: Any) -> TlsClient:
    """What the handshake of this SSLObject told. Raises CertificateUnreadable."""
    der = connection.getpeercert(binary_form=True)
    name: str | None = getattr(connection, SERVER_NAME, None)
    return TlsClient(host_name(name.encode("ascii")) if name else None, read_certificate(der) if der else None)


def _keep_server_name(connection: Any, name: str | None, _: ssl.SSLContext) -> None:
    setattr(connection, SERVER_NAME, name)
