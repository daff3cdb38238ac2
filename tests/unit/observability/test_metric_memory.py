"""Slots of workers: each has one writer, and counts outlive it."""

from app.observability.metric_memory import HEAD_CELLS, MetricMemory


def test_a_new_worker_gets_the_first_slot_that_no_other_has() -> None:
    memory = MetricMemory(2)
    assert [memory.free_slot(taken) for taken in (set(), {1}, {2}, {1, 2, 3})] == [1, 2, 1, 4]


def test_workers_beyond_all_slots_share_the_last() -> None:
    assert MetricMemory(1).free_slot({1, 2, 3, 4, 5}) == 5


def test_who_takes_over_a_slot_goes_on_counting() -> None:
    memory = MetricMemory(1)
    memory.claim(1, layout=7)[HEAD_CELLS] = 5
    memory.release(1)
    assert not memory.is_living(1)
    assert memory.written(7) == [1]
    assert memory.claim(1, layout=7)[HEAD_CELLS] == 5
    assert memory.is_living(1)


def test_counts_of_another_layout_are_dropped() -> None:
    memory = MetricMemory(1)
    memory.claim(1, layout=7)[HEAD_CELLS] = 5
    assert memory.claim(1, layout=8)[HEAD_CELLS] == 0
    assert (memory.written(7), memory.written(8)) == ([], [1])
