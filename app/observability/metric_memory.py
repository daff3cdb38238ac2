"""Where the numbers of all workers of a server lie: a slot of shared memory for each, which outlives the worker.

A worker that takes the place of one that ended goes on counting where that one stopped, so that nothing counted is lost. Each
slot has one writer, so that no lock is needed.
"""

from collections.abc import Collection
from typing import Final

from app.observability.shared_memory import SharedMemory

SLOT_CELLS: Final = 2**17
"""More than the contract's operations and codes need; memory that is not written to is not taken."""
SERVER_SLOT: Final = 0
"""Holds what one worker says for all."""
_LAYOUT, _LIVES = 0, 1
HEAD_CELLS: Final = 2


class MetricMemory:
    """Made before the workers are forked. While workers are replaced, old and new ones need a slot each."""

    def __init__(self, workers: int) -> None:
        self._count = 4 * workers + 2
        self.shared = SharedMemory(self._count * SLOT_CELLS)
        self._cells = self.shared.cells

    def slot(self, number: int) -> memoryview:
        return self._cells[number * SLOT_CELLS : (number + 1) * SLOT_CELLS]

    def free_slot(self, taken: Collection[int]) -> int:
        """The first that no worker has; the last one is shared when there is none."""
        return next((number for number in range(1, self._count) if number not in taken), self._count - 1)

    def claim(self, number: int, layout: int) -> memoryview:
        """The slot, with what it counted so far if that had the same layout."""
        slot = self.slot(number)
        if slot[_LAYOUT] != layout:
            slot[HEAD_CELLS:] = memoryview(bytes(8 * (SLOT_CELLS - HEAD_CELLS))).cast("Q")
            slot[_LAYOUT] = layout
        slot[_LIVES] = 1
        return slot

    def release(self, number: int) -> None:
        """Its worker has ended: its counts stay, and what it said of itself is no longer so."""
        self.slot(number)[_LIVES] = 0

    def written(self, layout: int) -> list[int]:
        """The slots of workers, living and ended, with this layout."""
        return [number for number in range(1, self._count) if self._cells[number * SLOT_CELLS + _LAYOUT] == layout]

    def is_living(self, number: int) -> bool:
        return self._cells[number * SLOT_CELLS + _LIVES] != 0
