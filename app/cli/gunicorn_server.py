"""Runs gunicorn with uvicorn workers. All its options are set here; no configuration file and no GUNICORN_CMD_ARGS is read."""

import logging
import os
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from uvicorn_worker import UvicornWorker

from app.auth.client_authority import client_authority
from app.edge.connections import Connections
from app.edge.http1 import Http1
from app.edge.shared_state import SharedState
from app.edge.tls_context import TlsContexts, tls_contexts
from app.edge.tls_handshake import TlsHandshake
from app.observability.log_setup import configure_logs
from app.settings import Settings

GRACE_SECONDS: Final = 30
"""How long requests in flight may still take after the service was told to stop."""
STALLED_SECONDS: Final = 60
"""A worker whose event loop is blocked for this long is killed and replaced."""
BACKLOG: Final = 2048
SHARED_MEMORY: Final = Path("/dev/shm")
"""Workers touch a file to signal that they are alive. It is in memory, because on a slow disk they might miss the time-out."""


class GunicornLog(Logger):
    """What gunicorn logs goes the way of every other record, in the format of the service."""

    def setup(self, cfg: Any) -> None:
        self.cfg = cfg
        self.loglevel = self.LOG_LEVELS[cfg.loglevel]
        self.error_log.setLevel(self.loglevel)
        self.error_log.propagate = True


class HttpWorker(UvicornWorker):
    """A worker with one event loop. It sends no Server header and writes no access log, because the service logs requests."""

    CONFIG_KWARGS: dict[str, Any] = {  # noqa: RUF012
        "loop": "uvloop",
        "lifespan": "on",
        "ws": "none",
        "access_log": False,
        "server_header": False,
        "proxy_headers": False,
    }

    slot = 0

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        for name in ("uvicorn.error", "uvicorn.access"):
            logging.getLogger(name).propagate = True
        connections = Connections(self.app.settings.max_connections)
        contexts: TlsContexts | None = self.app.contexts
        if contexts is None:
            self.config.http = partial(Http1, connections=connections)
        else:
            self.config.http = partial(TlsHandshake, connections=connections, contexts=contexts)


class GunicornServer(BaseApplication):
    """Each worker creates the application after the fork, because threads and connections do not survive a fork.

    Certificates are read before it: a worker that is replaced while their files are being replaced begins with those of before.
    Raises OSError and ValueError when they are unusable.
    """

    def __init__(self, settings: Settings, when_ready: Callable[[], None]) -> None:
        self.settings = settings
        self._when_ready = when_ready
        self.contexts = open_tls(settings)
        self._authority = client_authority(settings)
        self._shared = SharedState(settings)
        super().__init__()

    def load_config(self) -> None:
        for name, value in _options(self.settings).items():
            self.cfg.set(name, value)
        self.cfg.set("post_worker_init", self._call_when_ready)
        self.cfg.set("pre_fork", self._give_slot)
        self.cfg.set("child_exit", self._take_slot_back)

    def _call_when_ready(self, worker: HttpWorker) -> None:
        """Called in each worker once its application is made; the first one speaks for all."""
        if worker.age == 1:
            self._when_ready()

    def _give_slot(self, arbiter: Any, worker: "HttpWorker") -> None:
        """Called before each worker is forked, which then finds its slot in the shared state."""
        if self._shared.metrics is not None:
            worker.slot = self._shared.slot = self._shared.metrics.free_slot({each.slot for each in arbiter.WORKERS.values()})

    def _take_slot_back(self, _arbiter: Any, worker: "HttpWorker") -> None:
        """Called once a worker has ended, however it did."""
        if self._shared.metrics is not None:
            self._shared.metrics.release(worker.slot)

    def load(self) -> Any:
        configure_logs(self.settings)
        # connexion imports starlette's test client, which warns about httpx; the service does not use it.
        warnings.filterwarnings("ignore", message="Using `httpx` with `starlette.testclient`")
        from app.main import create_app

        return create_app(self.settings, self._authority, self._shared)


def open_tls(settings: Settings) -> TlsContexts | None:
    """None where the service speaks no TLS itself. Raises OSError and ValueError when its files are unusable."""
    if not settings.speaks_tls:
        return None
    client_ca = Path(settings.tls_client_ca) if settings.tls_client_ca else None
    return tls_contexts(Path(settings.tls_cert), Path(settings.tls_key), client_ca)


def run(settings: Settings, when_ready: Callable[[], None]) -> None:
    """Serves until SIGTERM or SIGINT, then completes requests in flight and ends the process."""
    configure_logs(settings)
    GunicornServer(settings, when_ready).run()


def _options(settings: Settings) -> dict[str, Any]:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return {
        "bind": f"{host}:{settings.port}",
        "workers": settings.workers,
        "worker_class": HttpWorker,
        "proc_name": "hpts",
        "backlog": BACKLOG,
        "timeout": STALLED_SECONDS,
        "graceful_timeout": GRACE_SECONDS,
        "logger_class": GunicornLog,
        "loglevel": "debug" if settings.log_level == "debug" else "warning",
        "worker_tmp_dir": str(SHARED_MEMORY) if os.access(SHARED_MEMORY, os.W_OK) else None,
        "control_socket_disable": True,
    }
