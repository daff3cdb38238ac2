"""What all connections of a process have written during one iteration of the event loop: it is sent when the iteration is over.

One after another is cheaper than each at its own moment: the system wakes the receiver, a program or the network's driver, for
the first and finds it awake for the rest. Waking it anew for each answer took a third of the time of balance reads.
"""

import asyncio
from typing import Protocol


class Sender(Protocol):
    """Whoever has written something."""

    def send(self) -> None: ...


class PendingWrites:
    """A process has one."""

    def __init__(self) -> None:
        self._senders: list[Sender] = []

    def add(self, sender: Sender) -> None:
        if not self._senders:
            asyncio.get_running_loop().call_soon(self._send)
        self._senders.append(sender)

    def _send(self) -> None:
        senders, self._senders = self._senders, []
        for sender in senders:
            sender.send()
