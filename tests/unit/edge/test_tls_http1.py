"""A request over TLS has what the handshake told in its scope."""

from typing import Any

import pytest

from app.edge.admission import NO_TLS, TLS_KEY, TlsClient
from app.edge.connections import Deadlines
from app.edge.http1 import Http1
from app.edge.pending_writes import PendingWrites
from app.edge.tls_http1 import TlsHttp1, TlsLingeringTransport
from tests.support.certificates import certificates, der, thumbprint

GOOD = certificates().good


class Handshake:
    """As much of an SSLObject as is looked at."""

    def __init__(self, certificate: bytes | None, name: str | None = None) -> None:
        self.certificate = certificate
        self.hpts_server_name = name

    def getpeercert(self, *, binary_form: bool) -> bytes | None:
        assert binary_form
        return self.certificate


class Transport:
    def __init__(self, handshake: Handshake) -> None:
        self.handshake = handshake
        self.is_aborted = False

    def get_extra_info(self, name: str) -> Any:
        return {"ssl_object": self.handshake, "sslcontext": "a context"}.get(name)

    def abort(self) -> None:
        self.is_aborted = True


def described(handshake: Handshake) -> tuple[Transport, dict[str, Any]]:
    transport = Transport(handshake)
    return transport, TlsHttp1.describe(object.__new__(TlsHttp1), transport)


def test_certificate_and_name_are_those_of_the_handshake() -> None:
    _, about = described(Handshake(der(GOOD), "LocalHost"))
    client: TlsClient = about[TLS_KEY]
    assert (client.server_name, client.certificate and client.certificate.thumbprint) == (b"localhost", thumbprint(GOOD))
    assert about["scheme"] == "https"


def test_without_both_the_scope_says_so() -> None:
    assert described(Handshake(None))[1][TLS_KEY] == NO_TLS
    assert issubclass(TlsHttp1, Http1)


def test_a_certificate_that_cannot_be_read_ends_the_connection(caplog: pytest.LogCaptureFixture) -> None:
    transport, about = described(Handshake(b"no certificate"))
    assert transport.is_aborted
    assert about[TLS_KEY] == NO_TLS
    assert "cannot be read" in caplog.text


class Side:
    """A transport that notes what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.waiting = 0

    def get_write_buffer_size(self) -> int:
        return self.waiting

    def is_closing(self) -> bool:
        return "close" in self.told

    def close(self) -> None:
        self.told.append("close")

    def resume_reading(self) -> None:
        self.told.append("read on")


def sides() -> tuple[Side, Side, TlsLingeringTransport]:
    over_tls, wire = Side(), Side()
    return over_tls, wire, TlsLingeringTransport(over_tls, PendingWrites(), lambda: 100.0, wire)  # type: ignore[arg-type]


def test_an_end_does_not_wait_for_the_client_s_farewell() -> None:
    over_tls, wire, writer = sides()
    wire.waiting = 5
    writer.close(is_unread=False)
    assert (over_tls.told, wire.told) == (["close"], ["close"])


def test_what_is_not_even_encrypted_is_sent_before_the_end() -> None:
    over_tls, wire, writer = sides()
    over_tls.waiting = 5
    writer.close(is_unread=False)
    assert (over_tls.told, wire.told) == (["read on"], [])
    assert writer.is_closing()


def test_a_client_that_may_still_send_is_let_to_read_its_answer_first() -> None:
    over_tls, wire, writer = sides()
    writer.close(is_unread=True)
    assert (over_tls.told, wire.told) == (["read on"], [])
    assert [writer.is_overdue(now, Deadlines(linger=2)) for now in (101.0, 103.0)] == [False, True]


def test_what_waits_after_encryption_counts_as_unsent() -> None:
    over_tls, wire, writer = sides()
    over_tls.waiting, wire.waiting = 3, 4
    assert writer.unsent_bytes() == 7
    assert not writer.is_overdue(100.0, Deadlines(write=30))
    assert writer.is_overdue(131.0, Deadlines(write=30))
