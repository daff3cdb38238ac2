"""`hpts deliver`: delivers webhooks in a process of its own, beside any number of servers; and the same as a server's child.

The child imports little, because it is started when the first endpoint is made, or after a crash.
"""

import os
import socket
import sys
from functools import partial
from typing import Any, Final

import orjson
import uvloop

from app.cli.error_reporting import CommandError
from app.health import VERSION
from app.observability.log_setup import configure_logs
from app.observability.metrics import Metrics
from app.observability.process_output import log_all_output
from app.settings import PREFIX, Settings, SettingsError, load_settings
from app.webhooks.attempt_counters import ATTEMPT_LABEL_VALUES, AttemptCounters
from app.webhooks.delivery_process import run_delivery, stopped_by_parent, stopped_by_signal

USER_AGENT: Final = f"HPTS/{VERSION}"
NICE: Final = 5
"""By how much the child of a server gives way to it."""


def deliver() -> None:
    """Deliver webhooks until stopped; the server may run beside it with HPTS_DELIVERY=off, or deliver too."""
    from app.cli.database import with_store
    from app.cli.serve import check_database, log_output_if_json, say

    log_output_if_json()
    settings = load_settings()
    configure_logs(settings)
    listener = _open_metrics_socket(settings)
    with_store(settings, partial(check_database, settings=settings), may_bypass_row_security=settings.env == "dev")
    say(settings, "Delivering webhooks; stop it with Ctrl-C.")
    if listener is None:
        uvloop.run(run_delivery(settings, USER_AGENT, stopped_by_signal))
    else:
        _deliver_measured(settings, listener)


def _open_metrics_socket(settings: Settings) -> socket.socket | None:
    """None where nobody reads metrics. Raises SettingsError for a port that another process has, such as the server."""
    from app.observability.metrics_server import open_metrics_socket

    if not settings.metrics_port:
        return None
    host, port = settings.metrics_host, settings.metrics_port
    try:
        return open_metrics_socket(host, port)
    except OSError as taken:
        reason = taken.strerror or str(taken)
        remedy = f"Choose another port with {PREFIX}METRICS_PORT: a server and `hpts deliver` on one machine need a port each"
        raise SettingsError([f"metrics cannot be read at {host} port {port}: {reason}. {remedy}"]) from taken


def _deliver_measured(settings: Settings, listener: socket.socket) -> None:
    from app.observability.exposition import exposition
    from app.observability.metrics_server import MetricsServer

    metrics = Metrics(ATTEMPT_LABEL_VALUES)
    server = MetricsServer(listener, partial(exposition, metrics))
    try:
        uvloop.run(run_delivery(settings, USER_AGENT, stopped_by_signal, AttemptCounters.of_metrics(metrics), metrics))
    finally:
        server.close()


def deliver_for_parent() -> None:
    """The settings come as the first line of standard input, counters of metrics as arguments."""
    settings = _settings_of_parent()
    if settings.log_format == "json":
        log_all_output()
    configure_logs(settings)
    os.nice(NICE)
    uvloop.run(run_delivery(settings, USER_AGENT, stopped_by_parent, AttemptCounters.of_arguments(sys.argv[1:])))


def _settings_of_parent() -> Settings:
    line = bytearray()
    while not line.endswith(b"\n"):
        if not (byte := os.read(sys.stdin.fileno(), 1)):
            raise CommandError("the parent gave no settings")
        line += byte
    given: dict[str, Any] = orjson.loads(line)
    return Settings(**given)


if __name__ == "__main__":
    deliver_for_parent()
