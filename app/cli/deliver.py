"""`hpts deliver`: delivers webhooks in a process of its own, beside any number of servers; and the same as a server's child.

The child imports little, because it is started when the first endpoint is made, or after a crash.
"""

import os
import sys
from functools import partial
from typing import Any, Final

import orjson
import uvloop
from rich.console import Console

from app.cli.error_reporting import CommandError
from app.health import VERSION
from app.observability.log_setup import configure_logs
from app.settings import Settings, load_settings
from app.webhooks.delivery_process import run_delivery, stopped_by_parent, stopped_by_signal

USER_AGENT: Final = f"HPTS/{VERSION}"
NICE: Final = 5
"""By how much the child of a server gives way to it."""

_console = Console(stderr=True, highlight=False, soft_wrap=True)


def deliver() -> None:
    """Deliver webhooks until stopped; the server may run beside it with HPTS_DELIVERY=off, or deliver too."""
    from app.cli.database import with_store
    from app.cli.serve import check_database

    settings = load_settings()
    configure_logs(settings)
    with_store(settings, partial(check_database, settings=settings), may_bypass_row_security=settings.env == "dev")
    _console.print("Delivering webhooks; stop it with Ctrl-C.")
    uvloop.run(run_delivery(settings, USER_AGENT, stopped_by_signal))


def deliver_for_parent() -> None:
    """The settings come as the first line of standard input."""
    settings = _settings_of_parent()
    configure_logs(settings)
    os.nice(NICE)
    uvloop.run(run_delivery(settings, USER_AGENT, stopped_by_parent))


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
