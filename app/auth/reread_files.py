"""Files that are replaced while the service runs, such as certificates: what was made of them, made anew once they change.

Whoever uses the value looks whether the files are due, so that no task is needed; a look is one `stat` for each file.
"""

import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic
from typing import Final, Generic, TypeVar

logger: Final = logging.getLogger("hpts.files")

LOOK_SECONDS: Final = 2.0
"""How long a value is used before the files are looked at again."""
Value = TypeVar("Value")
Stamp = tuple[tuple[int, int, int], ...]


class RereadFiles(Generic[Value]):
    """`make` is given the contents in the order of `paths`; what it raises as ValueError or OSError is logged later on.

    The constructor raises it. Files that are unreadable, or do not fit together, leave the value of before in force; they are
    tried again at every look, because one of several may be replaced after another.
    """

    def __init__(
        self, paths: Sequence[Path], make: Callable[..., Value], now: Callable[[], float] = monotonic, every: float = LOOK_SECONDS
    ) -> None:
        self._paths = paths
        self._make = make
        self._now = now
        self._every = every
        self._looked_at = now()
        self._stamp = self._read_stamp()
        self._failure = ""
        self._value = self._read()

    def current(self) -> Value:
        now = self._now()
        if now - self._looked_at >= self._every:
            self._looked_at = now
            self._look()
        return self._value

    def _look(self) -> None:
        """A stamp is taken before the contents are read, so that a change during the reading is seen by the next look."""
        try:
            stamp = self._read_stamp()
            if stamp == self._stamp:
                return
            self._value = self._read()
        except (OSError, ValueError) as error:
            self._tell_once(str(error))
            return
        self._stamp, self._failure = stamp, ""
        logger.info("read again: %s", self._names())

    def _tell_once(self, failure: str) -> None:
        if failure != self._failure:
            self._failure = failure
            logger.error("%s: not usable, so what was read before stays in force: %s", self._names(), failure)

    def _read(self) -> Value:
        return self._make(*(path.read_bytes() for path in self._paths))

    def _read_stamp(self) -> Stamp:
        found = (os.stat(path) for path in self._paths)
        return tuple((each.st_ino, each.st_size, each.st_mtime_ns) for each in found)

    def _names(self) -> str:
        return ", ".join(map(str, self._paths))
