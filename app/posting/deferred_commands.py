"""Commands that wait for what another transaction holds: each is tried again after a pause, which doubles every time."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

from app import limits
from app.posting.command import Command

FIRST_PAUSE_SECONDS: Final = 0.005
LONGEST_PAUSE_SECONDS: Final = 0.1


class DeferredCommands:
    """`take_back` is called with a command whose pause is over."""

    def __init__(self, take_back: Callable[[Command], None]) -> None:
        self._take_back = take_back
        self._waiting: dict[tuple[str, str], tuple[Command, asyncio.TimerHandle]] = {}

    def add(self, command: Command) -> bool:
        """False when the command has waited long enough, or too many others wait."""
        loop = asyncio.get_running_loop()
        if loop.time() >= command.expires_at or len(self._waiting) >= limits.DEFERRED:
            return False
        pause_seconds = min(FIRST_PAUSE_SECONDS * 2**command.deferrals, LONGEST_PAUSE_SECONDS)
        command.deferrals += 1
        self._waiting[command.key] = command, loop.call_later(pause_seconds, self._end_pause, command)
        return True

    def end_pauses_for(self, decided: Iterable[Command]) -> None:
        """Most loans that are held are those of another batch of this process, which frees them once it is decided and posted."""
        if not self._waiting:
            return
        loans = {key for command in decided if command.outcome is not None for key in command.loan_keys}
        for command, timer in list(self._waiting.values()):
            if not loans.isdisjoint(command.loan_keys):
                timer.cancel()
                self._end_pause(command)

    def _end_pause(self, command: Command) -> None:
        del self._waiting[command.key]
        self._take_back(command)
