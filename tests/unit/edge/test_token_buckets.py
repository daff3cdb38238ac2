"""Token buckets over several workers: as many requests as were promised, and no more than a fiftieth of a burst held back."""

from uuid import uuid4

import pytest

from app.edge import token_buckets
from app.edge.token_buckets import BUCKET_CELLS, SETS, WAYS, TokenBuckets
from app.observability.shared_memory import SharedMemory

SECOND = 1_000_000_000
TENANT = "0198c0de-0000-7000-8000-0000000000aa"


class Server:
    """Workers with one memory and one clock, which the test moves."""

    def __init__(self, rate: int, burst: int, workers: int) -> None:
        self.now = 1_000 * SECOND
        memory = SharedMemory(BUCKET_CELLS)
        self.workers = [TokenBuckets(memory, rate, burst, workers, lambda: self.now) for _ in range(workers)]

    def admitted(self, requests: int, tenant_id: str = TENANT, worker: int | None = None) -> int:
        """Of so many requests, spread over the workers or all to one."""
        chosen = [self.workers[number % len(self.workers) if worker is None else worker] for number in range(requests)]
        return sum(each.take(tenant_id) >= 0 for each in chosen)


@pytest.mark.parametrize("workers", [1, 2, 7])
@pytest.mark.parametrize(("rate", "burst"), [(1, 1), (10, 5), (100, 1_000), (5_000, 20_000)])
def test_a_burst_is_let_in_and_then_the_rate_exactly_to_a_twentieth(rate: int, burst: int, workers: int) -> None:
    server = Server(rate, burst, workers)
    admitted = server.admitted(3 * burst + 10)
    assert burst * 0.95 <= admitted <= burst
    for _ in range(400):
        server.now += SECOND // 40
        admitted += server.admitted(2 * rate // 40 + 2 * workers)
    assert admitted == pytest.approx(burst + 10 * rate, rel=0.05)


def test_what_is_left_is_counted_down_over_all_workers() -> None:
    server = Server(1, 6, 3)
    assert [server.workers[number % 3].take(TENANT) for number in range(6)] == [5, 4, 3, 2, 1, 0]


def test_a_refusal_says_when_the_next_request_is_let_in() -> None:
    server = Server(4, 1, 1)
    server.workers[0].take(TENANT)
    assert server.workers[0].take(TENANT) == -SECOND // 4
    server.now += SECOND // 4 - 1
    assert server.workers[0].take(TENANT) == -1
    server.now += 1
    assert server.workers[0].take(TENANT) == 0


def test_refused_requests_cost_a_tenant_nothing() -> None:
    server = Server(10, 10, 2)
    server.admitted(10_000)
    server.now += SECOND
    assert server.admitted(30) == 10


def test_one_tenant_takes_nothing_from_another() -> None:
    server = Server(10, 10, 2)
    server.admitted(1_000, str(uuid4()))
    assert server.admitted(10) == 10


def test_what_a_worker_took_out_and_did_not_use_is_put_back() -> None:
    server = Server(1, 1_280, 2)
    assert server.admitted(1, worker=0) == 1
    server.now += SECOND // 10
    assert server.workers[0].take(TENANT) == 1_278


def test_what_a_worker_took_out_long_ago_is_not_put_back() -> None:
    server = Server(1, 1_280, 2)
    server.admitted(1, worker=0)
    server.now += 3 * SECOND
    assert server.admitted(1_300, worker=1) <= 1_280
    assert server.admitted(20, worker=0) == 0


def test_a_set_that_is_full_forgets_the_tenant_whose_bucket_is_nearest_to_full() -> None:
    server = Server(1, 100, 1)
    of_one_set = [f"{number:032x}" for number in range(0, SETS * (WAYS + 1), SETS)]
    for count, tenant_id in enumerate(of_one_set, start=1):
        server.admitted(count, tenant_id)
    again = Server(1, 100, 1)
    again.workers[0]._memory, again.now = server.workers[0]._memory, server.now
    assert again.workers[0].take(of_one_set[-1]) < 99 - WAYS
    assert again.workers[0].take(of_one_set[0]) == 99


def test_a_worker_remembers_a_bounded_number_of_tenants(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_buckets, "TENANTS_KNOWN", 5)
    server = Server(10, 10, 1)
    for _ in range(20):
        server.admitted(1, str(uuid4()))
    assert len(server.workers[0]._leases) == 5
    assert server.admitted(11) == 10
