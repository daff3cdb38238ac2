"""A plugin of coverage.py: saves what a process has measured before it ends itself by a signal.

uvicorn stops on SIGTERM in good order and then raises the same signal again with its default action, so that no exit handler
runs; without this, nothing that a worker of the service does would be counted.
"""

import signal
from collections.abc import Mapping

from coverage import Coverage
from coverage.plugin_support import Plugins


def coverage_init(_registry: Plugins, _options: Mapping[str, str]) -> None:
    """Called by coverage.py in every process that it measures."""
    raise_signal = signal.raise_signal

    def save_and_raise(number: int) -> None:
        if measured := Coverage.current():
            measured.save()
        raise_signal(number)

    signal.raise_signal = save_and_raise
