"""gunicorn gets all its options from the settings, and nothing from its own files and variables."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from gunicorn.glogging import Logger

from app import limits
from app.cli.gunicorn_server import GRACE_SECONDS, STALLED_SECONDS, GunicornServer, HttpWorker
from app.edge.http1 import Http1
from app.edge.tls_handshake import TlsHandshake
from app.settings import load_settings
from tests.support.certificates import certificates


def server(**settings: Any) -> GunicornServer:
    return GunicornServer(load_settings(**settings), lambda: None)


def test_address_and_processes_are_those_of_the_settings() -> None:
    cfg = server(host="0.0.0.0", port=4000, workers=3, database_url="postgresql://localhost/hpts").cfg
    assert (cfg.bind, cfg.workers, cfg.proc_name) == (["0.0.0.0:4000"], 3, "hpts")


def test_an_ipv6_address_is_written_in_brackets() -> None:
    assert server(host="::1", port=4000).cfg.bind == ["[::1]:4000"]


def test_requests_in_flight_and_stalled_workers_have_a_time_out_each() -> None:
    cfg = server().cfg
    assert (cfg.graceful_timeout, cfg.timeout) == (GRACE_SECONDS, STALLED_SECONDS)


def test_options_in_the_environment_of_gunicorn_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUNICORN_CMD_ARGS", "--workers 9 --bind 0.0.0.0:1")
    monkeypatch.setenv("WEB_CONCURRENCY", "9")
    cfg = server(port=4000).cfg
    assert (cfg.bind, cfg.workers) == (["127.0.0.1:4000"], 1)


@pytest.mark.parametrize(("log_level", "of_gunicorn"), [("debug", "debug"), ("info", "warning"), ("error", "warning")])
def test_gunicorn_logs_warnings_unless_everything_is_asked_for(log_level: str, of_gunicorn: str) -> None:
    assert server(log_level=log_level).cfg.loglevel == of_gunicorn


def test_workers_parse_http_1_themselves_and_send_no_server_header() -> None:
    assert server().cfg.worker_class is HttpWorker
    assert not any(HttpWorker.CONFIG_KWARGS[name] for name in ("access_log", "server_header", "proxy_headers"))


@pytest.mark.parametrize(("settings", "most"), [({}, limits.CONNECTIONS), ({"max_connections": 17}, 17)])
def test_a_worker_has_the_connections_that_the_settings_allow(settings: dict[str, int], most: int) -> None:
    given = server(**settings)
    given.cfg.set("worker_tmp_dir", None)
    worker = HttpWorker(0, 0, [], given, 0, given.cfg, Logger(given.cfg))
    worker.tmp.close()
    protocol: Any = worker.config.http
    assert protocol.func is Http1
    assert protocol.keywords["connections"].most == most


def test_only_the_first_worker_says_that_the_service_is_ready() -> None:
    announced: list[str] = []
    post_worker_init = GunicornServer(load_settings(), lambda: announced.append("ready")).cfg.post_worker_init
    for age in (2, 1, 3):
        post_worker_init(SimpleNamespace(age=age))
    assert announced == ["ready"]


def test_a_worker_with_certificates_begins_with_handshakes(tmp_path: Path) -> None:
    certificates().write(tmp_path)
    given = server(
        tls_cert=str(tmp_path / "server.pem"), tls_key=str(tmp_path / "server.key"), tls_client_ca=str(tmp_path / "ca.pem")
    )
    given.cfg.set("worker_tmp_dir", None)
    worker = HttpWorker(0, 0, [], given, 0, given.cfg, Logger(given.cfg))
    worker.tmp.close()
    protocol: Any = worker.config.http
    assert protocol.func is TlsHandshake
    assert protocol.keywords["contexts"] is given.contexts


def test_without_certificates_no_tls_is_spoken() -> None:
    assert server().contexts is None
