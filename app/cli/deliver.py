"""`hpts deliver`: delivers webhooks in a process of its own, beside any number of servers; and the same as a server's child."""

import os
import sys
from typing import Any, Final

import orjson
import uvloop

from app.cli.database import with_store
from app.cli.error_reporting import CommandError
from app.cli.gunicorn_server import configure_logs
from app.health import VERSION
from app.settings import Settings, load_settings
from app.store.store import Store
from app.webhooks.delivery_process import deliver as run
from app.webhooks.delivery_process import stopped_by_parent, stopped_by_signal

USER_AGENT: Final = f"HPTS/{VERSION}"
NICE: Final = 5
"""By how much the child of a server gives way to it."""


def deliver() -> None:
    """Deliver webhooks until stopped; the server may run beside it with HPTS_DELIVERY=off, or deliver too."""
    settings = load_settings()
    configure_logs(settings)
    with_store(settings, _check_writable, may_bypass_row_security=settings.env == "dev")
    uvloop.run(run(settings, USER_AGENT, stopped_by_signal))


async def _check_writable(store: Store) -> None:
    await store.check_writable()


def deliver_for_parent() -> None:
    """The settings come as the first line of standard input."""
    settings = _settings_of_parent()
    configure_logs(settings)
    os.nice(NICE)
    uvloop.run(run(settings, USER_AGENT, stopped_by_parent))


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
