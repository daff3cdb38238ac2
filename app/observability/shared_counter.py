"""One counter of a server's metrics for processes that it starts: they add to it where it lies, so that nothing has to be told.

What was added stays, whichever process ends and however it does.
"""

from typing import Self

from app.observability.shared_memory import SharedMemory


class SharedCounter:
    """`str` of a counter is for a process that inherits its `file`: there `parse` gives the same counter."""

    def __init__(self, memory: SharedMemory, cell: int) -> None:
        self._memory = memory
        self._cell = cell

    @classmethod
    def parse(cls, text: str) -> Self:
        file, _, cell = text.partition(":")
        return cls(SharedMemory.of_file(int(file)), int(cell))

    def __str__(self) -> str:
        return f"{self.file}:{self._cell}"

    @property
    def file(self) -> int:
        return self._memory.file

    def add(self, count: int) -> None:
        """Under a lock: a process that is ending may still add beside the one that takes its place."""
        self._memory.lock(self._cell)
        try:
            self._memory.cells[self._cell] += count
        finally:
            self._memory.unlock(self._cell)
