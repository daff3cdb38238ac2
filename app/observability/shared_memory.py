"""Memory that a server's processes share: made before they are forked, gone when the last of them ends.

Locks on it are the system's, which frees those of a process that dies.
"""

import fcntl
import mmap
import os
import tempfile


class SharedMemory:
    """`cells` are unsigned 64-bit numbers, zero at first."""

    def __init__(self, cell_count: int) -> None:
        self._file = _memory_file()
        os.ftruncate(self._file, cell_count * 8)
        self.cells = memoryview(mmap.mmap(self._file, cell_count * 8)).cast("Q")

    def lock(self, number: int) -> None:
        """No other process has locked this number until `unlock`, or until this process ends."""
        fcntl.lockf(self._file, fcntl.LOCK_EX, 1, number)

    def unlock(self, number: int) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_UN, 1, number)


def _memory_file() -> int:
    """In memory where the system has such files, so that a read-only disk is no hindrance."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("hpts")
    descriptor, path = tempfile.mkstemp()
    os.unlink(path)
    return descriptor
