"""Memory that forked processes share, with locks that end with their process."""

import os
import signal

import pytest

from app.observability.shared_memory import SharedMemory

# The test's process may have threads of other tests; the children here do nothing that could meet one of their locks.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")


def forked(work: object) -> int:
    """The exit status of a child that does `work` and nothing else."""
    pid = os.fork()
    if pid == 0:
        try:
            work()  # type: ignore[operator]
        finally:
            os._exit(0)
    return os.waitpid(pid, 0)[1]


def test_cells_are_zero_and_hold_64_bits() -> None:
    cells = SharedMemory(4).cells
    assert cells.tolist() == [0, 0, 0, 0]
    cells[3] = 2**64 - 1
    assert cells[3] == 2**64 - 1


def test_what_a_forked_process_writes_is_seen() -> None:
    memory = SharedMemory(1)

    def write() -> None:
        memory.cells[0] = 7

    forked(write)
    assert memory.cells[0] == 7


def test_the_memory_of_a_file_is_the_same_memory() -> None:
    memory = SharedMemory(3)
    same = SharedMemory.of_file(memory.file)
    same.cells[2] = 9
    assert memory.cells.tolist() == [0, 0, 9]


def test_no_addition_is_lost_under_the_lock() -> None:
    memory = SharedMemory(1)

    def add() -> None:
        for _ in range(2_000):
            memory.lock(5)
            memory.cells[0] += 1
            memory.unlock(5)

    pids = []
    for _ in range(3):
        pid = os.fork()
        if pid == 0:
            add()
            os._exit(0)
        pids.append(pid)
    for pid in pids:
        os.waitpid(pid, 0)
    assert memory.cells[0] == 6_000


def test_the_lock_of_a_killed_process_is_free() -> None:
    memory = SharedMemory(1)

    def die() -> None:
        memory.lock(0)
        os.kill(os.getpid(), signal.SIGKILL)

    assert os.WTERMSIG(forked(die)) == signal.SIGKILL
    memory.lock(0)
    memory.unlock(0)
