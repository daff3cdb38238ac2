"""Memory that a server's processes share: made before they are forked, gone when the last of them ends.

Locks on it are the system's, which frees those of a process that dies. A process that is started rather than forked gets the
memory by its file.
"""

import fcntl
import mmap
import os
import tempfile
from typing import Self


class SharedMemory:
    """`cells` are unsigned 64-bit numbers, zero at first; `file` is a descriptor of what holds them."""

    def __init__(self, cell_count: int) -> None:
        file = _memory_file()
        os.ftruncate(file, cell_count * 8)
        self._map(file)

    @classmethod
    def of_file(cls, file: int) -> Self:
        """The memory of another process, which handed on its `file`."""
        memory = cls.__new__(cls)
        memory._map(file)
        return memory

    def _map(self, file: int) -> None:
        self.file = file
        self.cells = memoryview(mmap.mmap(file, 0)).cast("Q")

    def lock(self, number: int) -> None:
        """No other process has locked this number until `unlock`, or until this process ends."""
        fcntl.lockf(self.file, fcntl.LOCK_EX, 1, number)

    def unlock(self, number: int) -> None:
        fcntl.lockf(self.file, fcntl.LOCK_UN, 1, number)


def _memory_file() -> int:
    """In memory where the system has such files, so that a read-only disk is no hindrance."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("hpts")
    descriptor, path = tempfile.mkstemp()
    os.unlink(path)
    return descriptor
