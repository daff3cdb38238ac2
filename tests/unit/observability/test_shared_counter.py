"""A process that was started, not forked, adds to a counter of the server that started it."""

import subprocess
import sys
from typing import Final

from app.observability.metric import POSTINGS
from app.observability.metrics import Metrics
from app.observability.shared_counter import SharedCounter
from app.observability.shared_memory import SharedMemory
from tests.support.waiting import HANG_SECONDS

ADDS: Final = """import sys
from app.observability.shared_counter import SharedCounter
counter = SharedCounter.parse(sys.argv[1])
for _ in range(2_000):
    counter.add(1)
"""


def test_no_addition_of_several_processes_is_lost() -> None:
    memory = SharedMemory(8)
    counter = SharedCounter(memory, 5)
    command = (sys.executable, "-c", ADDS, str(counter))
    processes = [subprocess.Popen(command, pass_fds=(counter.file,)) for _ in range(3)]
    assert [process.wait(HANG_SECONDS) for process in processes] == [0, 0, 0]
    counter.add(7)
    assert memory.cells.tolist() == [0, 0, 0, 0, 0, 6_007, 0, 0]


def test_the_counter_of_a_metric_is_where_its_worker_would_count() -> None:
    metrics = Metrics({})
    SharedCounter.parse(str(metrics.shared_counter(POSTINGS))).add(3)
    metrics.add(POSTINGS)
    assert metrics.cells[metrics.layout.cell(POSTINGS, ())] == 4
