"""Handshakes over real connections: bounded in time and number, with the certificate of the moment, and ended with the server."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.contract.document import Contract
from app.edge.connections import Deadlines
from app.edge.tls_context import TlsContexts, tls_contexts
from tests.support.certificates import certificates
from tests.support.waiting import HANG_SECONDS
from tests.unit.edge.listener import NEVER, PATIENT, Client, Listener, get, listening, post

MADE = certificates()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    MADE.write(tmp_path)
    return tmp_path


@pytest.fixture
def contexts(folder: Path) -> TlsContexts:
    return tls_contexts(folder / "server.pem", folder / "server.key", folder / "ca.pem")


@pytest.fixture
async def listener(contract: Contract, contexts: TlsContexts) -> AsyncIterator[Listener]:
    async with listening(contract, contexts=contexts) as server:
        yield server


def trusting(folder: Path, name: str | None = None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=folder / "ca.pem")
    if name is not None:
        context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    return context


async def connect(listener: Listener, context: ssl.SSLContext, *parts: bytes) -> Client:
    client = Client(*await asyncio.open_connection("127.0.0.1", listener.port, ssl=context, server_hostname="localhost"))
    listener.clients.append(client)
    await client.send(*parts)
    return client


async def serial_number(listener: Listener, context: ssl.SSLContext) -> int:
    client = await connect(listener, context)
    return int(client.writer.get_extra_info("peercert")["serialNumber"], 16)


async def test_requests_are_served_over_tls(listener: Listener, folder: Path) -> None:
    client = await connect(listener, trusting(folder), get("/one"), post("/two", b"x" * 100_000), get("/three"))
    assert [(await client.reply()).json["path"] for _ in range(3)] == ["/one", "/two", "/three"]


async def test_a_large_answer_arrives_completely(listener: Listener, folder: Path) -> None:
    client = await connect(listener, trusting(folder), get("/large"))
    assert len((await client.reply()).body) == 64 * 1024 * 1024


async def test_a_client_that_still_sends_reads_its_last_answer(listener: Listener, folder: Path) -> None:
    client = await connect(listener, trusting(folder))
    client.writer.write(post("/", b"x" * 5_000_000) + b"x" * 5_000_000)
    assert (await client.reply()).status == 413


async def test_a_client_that_goes_on_sending_is_ended(contract: Contract, contexts: TlsContexts, folder: Path) -> None:
    deadlines = Deadlines(head=NEVER, body=NEVER, idle=NEVER, write=NEVER, linger=0.2, sweep=0.05)
    async with listening(contract, deadlines, contexts=contexts) as listener:
        client = await connect(listener, trusting(folder), b"no http\r\n\r\n")
        assert (await client.reply()).status == 400
        assert await client.is_closed()


async def test_what_is_no_handshake_is_ended(listener: Listener, folder: Path) -> None:
    for sent in (b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x00\x05hello", b"\0" * 100):
        assert await (await listener.connect(sent)).is_closed()
    client = await connect(listener, trusting(folder), get("/"))
    assert (await client.reply()).status == 200


async def test_a_handshake_that_never_ends_is_ended_and_holds_up_nobody(
    contract: Contract, contexts: TlsContexts, folder: Path
) -> None:
    deadlines = Deadlines(head=1, body=NEVER, idle=NEVER, write=NEVER, linger=NEVER, sweep=0.05)
    async with listening(contract, deadlines, contexts=contexts) as listener:
        silent = [await listener.connect(sent) for sent in (b"", b"\x16", b"\x16\x03\x01\x02\x00\x01") for _ in range(20)]
        client = await connect(listener, trusting(folder), get("/"))
        assert (await client.reply()).status == 200
        assert all([await each.is_closed() for each in silent])


async def test_the_oldest_handshake_makes_room_for_one_more(contract: Contract, contexts: TlsContexts, folder: Path) -> None:
    async with listening(contract, PATIENT, most=16, contexts=contexts) as listener:
        silent = [await listener.connect() for _ in range(17)]
        assert await silent[0].is_closed()
        client = await connect(listener, trusting(folder), get("/"))
        assert (await client.reply()).status == 200
        assert await silent[1].is_closed()
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(silent[16].reader.read(1), 0.1)


async def test_a_client_that_leaves_within_its_handshake_leaves_nothing_behind(listener: Listener) -> None:
    for _ in range(50):
        await (await listener.connect(b"\x16\x03")).close()
    for _ in range(HANG_SECONDS * 20):
        if not listener.connections.handshakes and not listener.server.server_state.connections:
            return
        await asyncio.sleep(0.05)
    pytest.fail("handshakes are left")


async def test_a_changed_pair_serves_the_next_connection_and_ends_no_other(
    listener: Listener, folder: Path, contexts: TlsContexts
) -> None:
    contexts._every = 0
    before = await connect(listener, trusting(folder), get("/before"))
    assert (await before.reply()).status == 200
    first = await serial_number(listener, trusting(folder))
    renewed = type(MADE)(MADE.authority).server
    renewed.write(folder, "server")
    assert first != await serial_number(listener, trusting(folder)) == renewed.certificate.serial_number
    await before.send(get("/after"))
    assert (await before.reply()).json["path"] == "/after"


async def test_a_stop_ends_handshakes_and_idle_connections(contract: Contract, contexts: TlsContexts, folder: Path) -> None:
    async with listening(contract, contexts=contexts) as listener:
        silent, idle = await listener.connect(b"\x16"), await connect(listener, trusting(folder), get("/"))
        assert (await idle.reply()).status == 200
    assert await silent.is_closed()
    assert await idle.is_closed()
