"""A receiver is reached at checked addresses only, within its time, on connections that are kept."""

import asyncio
import socket
from collections.abc import Sequence
from pathlib import Path

import pytest
from psutil import Process

from app.webhooks.endpoint_url import EndpointUrl, parse_endpoint_url
from app.webhooks.http_connection import ReceiverAnswer
from app.webhooks.receiver import Network, NoAnswer, Receiver, tls_context
from app.webhooks.resolver import Resolve
from tests.support.delivering import eventually
from tests.support.receiver_certificate import receiver_certificate
from tests.support.recording_receiver import RecordingReceiver, drip, hang, raw, recording_receiver, status

REQUEST = b"POST /hook HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\nwebhook-id: 1\r\n\r\n{}"
SHORT_SECONDS = 0.5


def resolves_to(*answers: Sequence[str]) -> Resolve:
    """One answer a look-up, the last one for good."""
    left = list(answers)

    async def resolve(_host: str, _port: int) -> list[str]:
        return list(left.pop(0) if len(left) > 1 else left[0])

    return resolve


def network(resolve: Resolve, seconds: float = 60.0) -> Network:
    return Network(resolve, tls_context(), seconds)


def url_of(receiver: RecordingReceiver, *, is_private_allowed: bool = True) -> EndpointUrl:
    scheme = receiver.url.partition(":")[0]
    port = int(receiver.host_and_port.rpartition(":")[2])
    return EndpointUrl(scheme == "https", "receiver.example", port, "/hook", is_private_allowed)


async def error_of(receiver: Receiver) -> str:
    with pytest.raises(NoAnswer) as refused:
        await receiver.send(REQUEST)
    receiver.close()
    return refused.value.error


LOCAL = resolves_to(["127.0.0.1"])


async def test_connections_are_kept_and_used_again() -> None:
    with recording_receiver() as recording:
        receiver = Receiver(url_of(recording), network(LOCAL))
        for _ in range(5):
            assert await receiver.send(REQUEST) == ReceiverAnswer(200)
        assert recording.connections == 1
        assert set(await asyncio.gather(*(receiver.send(REQUEST) for _ in range(8)))) == {ReceiverAnswer(200)}
        assert recording.connections <= 8
        receiver.close()


async def test_a_kept_connection_that_was_closed_meanwhile_costs_no_attempt() -> None:
    with recording_receiver() as recording:
        receiver = Receiver(url_of(recording), network(LOCAL))
        recording.answer = raw(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", closes=True)
        for _ in range(5):
            assert await receiver.send(REQUEST) == ReceiverAnswer(200)
        assert len(recording.received) == 5
        receiver.close()


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::1", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "fe80::1%1", "0.0.0.0"]
)
async def test_a_name_that_leads_to_a_private_address_is_not_connected_to(address: str) -> None:
    with recording_receiver() as recording:
        url = url_of(recording, is_private_allowed=False)
        assert await error_of(Receiver(url, network(resolves_to(["8.8.8.8", address])))) == "refused_address"
        assert await error_of(Receiver(url, network(resolves_to([address])))) == "refused_address"
        assert recording.connections == 0


async def test_a_name_that_leads_elsewhere_the_second_time_is_asked_once_and_checked_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """DNS rebinding: the address that was checked is the one that is connected to, and nothing is asked in between."""
    connected: list[str] = []

    async def note(address: str, _port: int) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr("app.webhooks.receiver._tcp_connection", note)
    url = parse_endpoint_url("https://receiver.example/", frozenset())
    receiver = Receiver(url, network(resolves_to(["8.8.8.8"], ["127.0.0.1"])))
    errors = [await error_of(receiver) for _ in range(2)]
    assert (errors, connected) == (["connect", "refused_address"], ["8.8.8.8"])


async def test_names_without_an_address() -> None:
    async def fails(_host: str, _port: int) -> list[str]:
        raise OSError("no such name")

    url = parse_endpoint_url("https://receiver.example/", frozenset())
    assert await error_of(Receiver(url, network(fails))) == "unresolved"
    assert await error_of(Receiver(url, network(resolves_to([])))) == "unresolved"


async def test_connections_that_are_opened_together_share_one_look_up() -> None:
    asked: list[str] = []

    async def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        await asyncio.sleep(0.05)
        return ["127.0.0.1"]

    with recording_receiver() as recording:
        receiver = Receiver(url_of(recording), network(resolve))
        await asyncio.gather(*(receiver.send(REQUEST) for _ in range(8)))
        receiver.close()
    assert asked == ["receiver.example"]


async def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    with recording_receiver() as recording:
        receiver = Receiver(url_of(recording), network(resolves_to(["127.0.0.2", "::1", "127.0.0.1"])))
        assert await receiver.send(REQUEST) == ReceiverAnswer(200)
        receiver.close()
    assert await error_of(Receiver(url_of(recording), network(LOCAL))) == "connect"


async def test_a_look_up_or_a_receiver_that_takes_too_long() -> None:
    async def never(_host: str, _port: int) -> list[str]:
        await asyncio.Event().wait()
        return []

    with recording_receiver(hang) as recording:
        assert await error_of(Receiver(url_of(recording), network(never, SHORT_SECONDS))) == "timeout"
        assert await error_of(Receiver(url_of(recording), network(LOCAL, SHORT_SECONDS))) == "timeout"
        recording.answer = drip
        assert await error_of(Receiver(url_of(recording), network(LOCAL, SHORT_SECONDS))) == "timeout"


async def test_a_status_line_that_came_in_time_counts_though_the_rest_did_not() -> None:
    with recording_receiver(raw(b"HTTP/1.1 200 OK\r\n", *[b"a: b\r\n"] * 1_000, pause_seconds=0.05)) as recording:
        receiver = Receiver(url_of(recording), network(LOCAL, 5.0))
        assert await receiver.send(REQUEST) == ReceiverAnswer(200)


async def test_a_receiver_that_closes_without_an_answer() -> None:
    with recording_receiver(raw(b"")) as recording:
        assert await error_of(Receiver(url_of(recording), network(LOCAL))) == "closed"
        assert len(recording.received) == 1


async def test_redirects_are_not_followed_and_proxies_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with recording_receiver() as other, recording_receiver(status(302, f"location: {other.url}")) as recording:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, other.url)
            monkeypatch.setenv(name.upper(), other.url)
        receiver = Receiver(url_of(recording), network(LOCAL))
        assert await receiver.send(REQUEST) == ReceiverAnswer(302)
        receiver.close()
        assert other.connections == 0


async def test_certificates_are_checked_against_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = receiver_certificate(tmp_path, "receiver.example")
    with recording_receiver(tls=certificate.server) as recording:
        url = url_of(recording)
        assert await error_of(Receiver(url, network(LOCAL))) == "tls"
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.trust))
        receiver = Receiver(url, network(LOCAL))
        assert await receiver.send(REQUEST) == ReceiverAnswer(200)
        receiver.close()
        other = EndpointUrl(True, "other.example", url.port, "/hook", True)
        assert await error_of(Receiver(other, network(LOCAL))) == "tls"
        assert len(recording.received) == 1


async def test_a_handshake_that_fails_or_never_ends() -> None:
    with recording_receiver(hang) as recording:  # reads the client's hello as a request that never ends
        url = EndpointUrl(True, "receiver.example", url_of(recording).port, "/hook", True)
        assert await error_of(Receiver(url, network(LOCAL, SHORT_SECONDS))) == "timeout"


async def test_no_attempt_leaves_a_connection_behind() -> None:
    """After failures of every kind no socket to the receiver is open."""
    with recording_receiver(hang) as recording:
        secure = EndpointUrl(True, "receiver.example", url_of(recording).port, "/hook", True)
        for url in (url_of(recording), secure):
            for _ in range(5):
                await error_of(Receiver(url, network(LOCAL, 0.1)))
        recording.answer = raw(b"")
        for _ in range(5):
            await error_of(Receiver(url_of(recording), network(LOCAL)))
        port = url_of(recording).port
        await eventually(lambda: not any(each.raddr and each.raddr.port == port for each in Process().net_connections()))
