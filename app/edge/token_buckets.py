"""Token buckets shared by the processes of a server: what a tenant may still ask for, whichever worker it reaches.

A bucket is one number, the moment at which it will be full again (the generic cell rate algorithm). A worker takes a few requests
at a time out of a large bucket, and remembers until when an empty one stays empty, so that most requests need no lock. What the
workers hold so is less than a fiftieth of the burst.
"""

from collections.abc import Callable
from time import monotonic_ns
from typing import Final

from app.observability.shared_memory import SharedMemory

SETS: Final = 4_096
WAYS: Final = 8
"""Tenants whose ids fall into the same set at most; of more, the one whose bucket is nearest to full is forgotten."""
_WIDTH: Final = 3
"""Cells of one bucket: two for the tenant's id, one for when it is full."""
BUCKET_CELLS: Final = SETS * WAYS * _WIDTH
LEASE_NS: Final = 20_000_000
"""How long a worker may hold what it has taken out; what is left is put back by its next request."""
KEPT_NS: Final = 1_000_000_000
"""After which it is not put back: the bucket has filled up without it, or it does not matter."""
SHARE: Final = 64
"""A worker takes out at most this part of its share of the burst at a time."""
TENANTS_KNOWN: Final = 10_000
"""Tenants whose leases a worker remembers at most."""
_SECOND_NS: Final = 1_000_000_000
_HALF_OF_ID: Final = 2**64


class _Lease:
    """`held` requests may be let in until `expires_at`; none before `refused_until`. `left` is what the bucket then had."""

    __slots__ = ("expires_at", "held", "high", "left", "low", "place", "refused_until")

    def __init__(self, tenant_id: str) -> None:
        number = int(tenant_id.replace("-", ""), 16)
        self.high, self.low = number // _HALF_OF_ID, number % _HALF_OF_ID
        self.place: int = self.low % SETS * WAYS * _WIDTH
        self.held = self.left = self.expires_at = self.refused_until = 0


class TokenBuckets:
    """Of one worker; `memory` has BUCKET_CELLS and is that of all workers, of which there are `workers`."""

    def __init__(
        self, memory: SharedMemory, rate: int, burst: int, workers: int, now_ns: Callable[[], int] = monotonic_ns
    ) -> None:
        self._memory = memory
        self._interval_ns = round(_SECOND_NS / rate)
        self._window_ns = burst * self._interval_ns
        self._most_held = max(1, burst // (SHARE * workers))
        self._now_ns = now_ns
        self._leases: dict[str, _Lease] = {}

    def take(self, tenant_id: str) -> int:
        """How many more requests the tenant has now, when this one is let in; else minus the nanoseconds until one would be."""
        now = self._now_ns()
        lease = self._leases.get(tenant_id) or self._new_lease(tenant_id)
        if lease.held and now < lease.expires_at:
            lease.held -= 1
            return lease.left + lease.held
        if now < lease.refused_until:
            return now - lease.refused_until
        return self._renew(lease, now)

    def _new_lease(self, tenant_id: str) -> _Lease:
        while len(self._leases) >= TENANTS_KNOWN:
            del self._leases[next(iter(self._leases))]
        lease = self._leases[tenant_id] = _Lease(tenant_id)
        return lease

    def _renew(self, lease: _Lease, now: int) -> int:
        number, cells = lease.low % SETS, self._memory.cells
        self._memory.lock(number)
        try:
            cell = self._full_at_cell(number, lease)
            full_at = max(cells[cell], now)
            if lease.held and now < lease.expires_at + KEPT_NS:
                full_at = max(full_at - lease.held * self._interval_ns, now)
            available = (now + self._window_ns - full_at) // self._interval_ns
            taken = min(available, self._most_held)
            full_at += taken * self._interval_ns
            cells[cell] = full_at
        finally:
            self._memory.unlock(number)
        lease.held = max(taken - 1, 0)
        if not taken:
            lease.refused_until = full_at - self._window_ns + self._interval_ns
            return now - lease.refused_until
        lease.left, lease.expires_at = available - taken, now + LEASE_NS
        return lease.left + lease.held

    def _full_at_cell(self, number: int, lease: _Lease) -> int:
        """Where the tenant's bucket is in its set; a new one replaces the bucket that is full, or will be first."""
        cells = self._memory.cells
        first = number * WAYS * _WIDTH
        places: tuple[int, ...] = (lease.place, *range(first, first + WAYS * _WIDTH, _WIDTH))
        for place in places:
            if cells[place + 1] == lease.low and cells[place] == lease.high:
                lease.place = place
                return place + 2
        place = min(places[1:], key=lambda each: cells[each + 2])
        cells[place], cells[place + 1], cells[place + 2] = lease.high, lease.low, 0
        lease.place = place
        return place + 2
