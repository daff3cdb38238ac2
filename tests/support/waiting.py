"""How long a test waits: until something happens, on a slow machine too. The limit only ends a test that hangs."""

import time
from collections.abc import Callable
from typing import Final

HANG_SECONDS: Final = 900
"""Far longer than anything that tests wait for takes on a machine ten times slower than usual."""
POLL_SECONDS: Final = 0.05


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + HANG_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, f"not so after {HANG_SECONDS} seconds"
        time.sleep(POLL_SECONDS)
