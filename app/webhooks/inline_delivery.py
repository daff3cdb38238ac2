"""Delivery beside a server: a worker that finds endpoints to which nobody delivers starts a process that does.

It looks once a second; without endpoints that is all it costs. The process has a pipe from its parent: a byte says that something
was posted, and the end of the pipe that the parent is gone. It counts attempts in the memory that the server's workers share.
"""

import asyncio
import logging
import os
import subprocess
import sys
import time
from contextlib import suppress
from typing import Final

from app.settings import Settings
from app.store.store import StoreUnavailable
from app.webhooks.attempt_counters import AttemptCounters
from app.webhooks.delivery_store import DeliveryStore

logger: Final = logging.getLogger("hpts.webhooks")
LOOK_FOR_ENDPOINTS_SECONDS: Final = 1.0
RESTART_SECONDS: Final = 5.0
"""Between two starts, so that a process that cannot start costs little."""
CHILD_STOP_SECONDS: Final = 20.0
"""For the attempts under way; after these the process is killed, and what it sent last is sent again."""
COMMAND: Final = (sys.executable, "-m", "app.cli.deliver")


class InlineDelivery:
    """`look` again and again; `wake` after each commit; `close` at the end. `counters` are None where nobody reads metrics."""

    def __init__(self, settings: Settings, store: DeliveryStore, counters: AttemptCounters | None = None) -> None:
        self._settings = settings
        self._counters = counters or ()
        self._store = store
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = -RESTART_SECONDS

    async def look(self) -> None:
        """Starts the process if there is an endpoint for it; nothing at all while it runs."""
        if self._process is not None and (code := self._process.poll()) is not None:
            if code:
                logger.warning("the process that delivers webhooks ended with %d", code)
            _close_pipe(self._process)
            self._process = None
        if self._process is not None or time.monotonic() - self._started_at < RESTART_SECONDS:
            return
        try:
            is_needed = await self._store.is_unattended()
        except StoreUnavailable:
            return
        if is_needed:
            self._start()

    def wake(self) -> None:
        """Something was posted. A pipe that is full holds enough wake-ups."""
        if self._process is not None and self._process.stdin is not None:
            with suppress(OSError):
                os.write(self._process.stdin.fileno(), b"\n")

    async def close(self) -> None:
        """The process ends what it has under way."""
        if self._process is not None:
            await asyncio.to_thread(_stop, self._process)

    def _start(self) -> None:
        self._started_at = time.monotonic()
        command = (*COMMAND, *map(str, self._counters))
        files = {counter.file for counter in self._counters}
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, bufsize=0, pass_fds=tuple(files))
        assert self._process.stdin is not None
        self._process.stdin.write(self._settings.model_dump_json().encode() + b"\n")
        os.set_blocking(self._process.stdin.fileno(), False)


def _close_pipe(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        process.stdin.close()


def _stop(process: subprocess.Popen[bytes]) -> None:
    _close_pipe(process)
    try:
        process.wait(CHILD_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
