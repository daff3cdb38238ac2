"""TLS of the real service: versions, handshakes that never end, and certificates and lists that are replaced while it serves."""

import signal
import ssl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from app.dev.certificates import FOR_SERVERS, LOCAL_NAMES, KeyPair
from tests.support.certificates import certificates, revoke
from tests.support.databases import Databases
from tests.support.partners import ORDINARY_HOST, Way, direct, exchange, written
from tests.support.server import running_server
from tests.support.waiting import HANG_SECONDS, wait_until

MADE = certificates()
LIVE = "/v1/health/live"
OK = (200, "")
REREAD_SECONDS = 10
"""Within which a changed file is in force, as the contract promises."""


@pytest.fixture
def way(databases: Databases, tmp_path: Path) -> Iterator[Way]:
    with direct(databases, tmp_path) as made:
        yield made


def live(way: Way) -> tuple[int, str]:
    return way.ask(None, ORDINARY_HOST, path=LIVE)


def serial_number(way: Way) -> int:
    with way.connection() as connection:
        assert isinstance(connection, ssl.SSLSocket)
        served = connection.getpeercert()
        assert served is not None
        return int(str(served["serialNumber"]), 16)


def renewed() -> KeyPair:
    return MADE.authority.issue("renewed", FOR_SERVERS, LOCAL_NAMES)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1")
def test_tls_1_2_and_1_3_are_spoken_and_nothing_older(way: Way) -> None:
    found = {}
    for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = ssl.create_default_context(cafile=way.folder / "ca.pem")
        context.set_ciphers("DEFAULT@SECLEVEL=0")
        context.minimum_version = context.maximum_version = version
        found[version.name] = _speaks(way, context)
    assert found == {"TLSv1": False, "TLSv1_1": False, "TLSv1_2": True, "TLSv1_3": True}


def _speaks(way: Way, context: ssl.SSLContext) -> bool:
    plain = Way(way.url, way.folder, way.server, is_tls=False)
    with plain.connection() as connection:
        try:
            with context.wrap_socket(connection, server_hostname=ORDINARY_HOST) as spoken:
                return exchange(spoken, ORDINARY_HOST, path=LIVE) == OK
        except OSError:
            return False


def test_handshakes_that_never_end_hold_up_nobody(way: Way) -> None:
    """They are ended after ten seconds, and beyond the number of connections at once."""
    plain = Way(way.url, way.folder, way.server, is_tls=False)
    opened = [plain.connection() for _ in range(200)]
    silent = [each.__enter__() for each in opened]
    for number, connection in enumerate(silent):
        connection.sendall(b"\x16\x03\x01\x02\x00\x01"[: number % 7])
    assert live(way) == OK
    for connection in silent:
        connection.settimeout(HANG_SECONDS)
        assert connection.recv(1) == b""
    for each in opened:
        each.__exit__(None, None, None)
    assert live(way) == OK


def test_certificates_are_renewed_under_load_without_a_failed_request(way: Way) -> None:
    """Also while certificate and key do not fit together, or one of them is only half written."""
    is_over, before = Event(), serial_number(way)

    def ask_on_new_connections() -> list[tuple[int, str]]:
        answers = []
        while not is_over.is_set():
            answers.append(live(way))
        return answers

    def ask_on_one_connection() -> list[tuple[int, str]]:
        answers = []
        with way.connection() as connection:
            while not is_over.is_set():
                answers.append(exchange(connection, ORDINARY_HOST, path=LIVE))
                time.sleep(0.001)
        return answers

    with ThreadPoolExecutor(4) as threads:
        asking = [threads.submit(ask) for ask in (ask_on_new_connections, ask_on_one_connection) * 2]
        try:
            for _ in range(2):
                _replace_step_by_step(way, renewed())
        finally:
            is_over.set()
        answers = [answer for each in asking for answer in each.result()]
    assert set(answers) == {OK}
    assert serial_number(way) != before
    assert "not usable, so what was read before stays in force" in way.server.private.log.read_text()


def _replace_step_by_step(way: Way, pair: KeyPair) -> None:
    """Each step lasts until the service must have looked at it."""
    half = len(pair.certificate_pem) // 2
    before = serial_number(way)
    for name, content in (
        *(("server.pem", pair.certificate_pem[:half]), ("server.pem", pair.certificate_pem)),
        *(("server.key", pair.key_pem[:20]), ("server.key", pair.key_pem)),
    ):
        assert serial_number(way) == before
        (way.folder / name).write_bytes(content)
        if content is not pair.key_pem:
            time.sleep(2.5)
    wait_until(lambda: serial_number(way) == pair.certificate.serial_number)


def test_a_certificate_that_is_revoked_is_refused_on_a_connection_that_is_open(way: Way) -> None:
    with way.connection("second") as revoked, way.connection("good") as good:
        assert [exchange(each, ORDINARY_HOST, path=LIVE) for each in (revoked, good)] == [OK, OK]
        (way.folder / "new.pem").write_bytes(revoke(MADE.authority, MADE.second))
        (way.folder / "new.pem").replace(way.folder / "crl.pem")
        changed_at = time.monotonic()
        wait_until(lambda: exchange(revoked, ORDINARY_HOST, path=LIVE) == (403, "certificate_required"))
        assert time.monotonic() - changed_at < REREAD_SECONDS
        assert exchange(good, ORDINARY_HOST, path=LIVE) == OK
    assert way.ask("second", ORDINARY_HOST, path=LIVE) == (403, "certificate_required")


def test_a_list_that_cannot_be_used_leaves_the_one_before_in_force(way: Way) -> None:
    assert way.ask("revoked", ORDINARY_HOST, path=LIVE) == (403, "certificate_required")
    for content in (b"", b"garbage", revoke(MADE.stranger)):
        (way.folder / "crl.pem").write_bytes(content)
        time.sleep(2.5)
        found = [way.ask(name, ORDINARY_HOST, path=LIVE) for name in ("revoked", "good")]
        assert found == [(403, "certificate_required"), OK]


def test_a_stop_signal_answers_what_is_under_way_and_ends_cleanly(way: Way) -> None:
    plain = Way(way.url, way.folder, way.server, is_tls=False)
    with plain.connection(), way.connection() as connection:
        assert exchange(connection, ORDINARY_HOST, path=LIVE) == OK
        way.server.private.process.send_signal(signal.SIGTERM)
        assert way.server.private.process.wait(HANG_SECONDS) == 0
        assert connection.recv(1) == b""


def test_several_processes_share_the_certificates(databases: Databases, tmp_path: Path) -> None:
    files = written(tmp_path)
    settings = {
        "tls_cert": str(files / "server.pem"),
        "tls_key": str(files / "server.key"),
        "tls_client_ca": str(files / "ca.pem"),
        "workers": "2",
    }
    with databases.fresh("postgresql") as url, running_server(url, tmp_path, settings) as server:
        way = Way(server.url, files, server)
        pair = renewed()
        pair.write(files, "server")
        wait_until(lambda: all(serial_number(way) == pair.certificate.serial_number for _ in range(20)))
        assert {way.ask("good", ORDINARY_HOST, path=LIVE) for _ in range(20)} == {OK}
