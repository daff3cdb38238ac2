"""Commands waiting for the writer, in a queue for each tenant, so that one tenant's load does not delay the others.

Large commands, such as accruals of thousands of loans, are posted one batch at a time and in turn with batches of small ones. So
are the commands of a tenant that is set apart, because a row that all its postings change is locked by another transaction.
"""

from collections import OrderedDict, deque

from app import limits
from app.posting.command import Command


class CommandQueue:
    """Bounded. A batch takes one command of each tenant in turn; with `one_tenant_batches`, batches take tenants in turn."""

    def __init__(self, one_tenant_batches: bool) -> None:
        self._small = TenantQueues()
        self._slow = TenantQueues()
        self._one_tenant_batches = one_tenant_batches
        self._apart: set[str] = set()
        self._slow_batch: list[Command] | None = None
        self._small_batches = 0
        self._is_turn_of_slow = False

    def __len__(self) -> int:
        return len(self._small) + len(self._slow)

    def is_full(self) -> bool:
        return len(self) >= limits.QUEUE

    def put(self, command: Command) -> None:
        is_slow = _is_large(command) or command.request.tenant_id in self._apart
        (self._slow if is_slow else self._small).put(command)

    def take(self) -> list[Command]:
        """The next batch; empty if none is due, because nothing waits or what waits has to until a batch that is out is released.

        A batch of small commands is begun beside another one only when there are enough for it: a few more in the next
        transaction cost far less than a transaction of their own.
        """
        if self._is_slow_due() and (self._is_turn_of_slow or not self._is_small_due()):
            self._is_turn_of_slow = False
            self._slow_batch = self._take_slow()
            return self._slow_batch
        self._is_turn_of_slow = True
        if not self._is_small_due():
            return []
        self._small_batches += 1
        return self._take_small()

    def is_due(self) -> bool:
        """Whether there is a next batch."""
        return self._is_small_due() or self._is_slow_due()

    def _is_small_due(self) -> bool:
        """Batches of one tenant each do not wait for those of others."""
        is_further = self._small_batches and not self._one_tenant_batches
        return len(self._small) >= (limits.FURTHER_BATCH if is_further else 1)

    def _is_slow_due(self) -> bool:
        return self._slow_batch is None and len(self._slow) > 0

    def release(self, batch: list[Command]) -> None:
        """The batch was dealt with, so that another one may be taken."""
        if batch is self._slow_batch:
            self._slow_batch = None
        else:
            self._small_batches -= 1

    def set_apart(self, tenant_id: str) -> None:
        """From now on the tenant's commands are in no batch with another's."""
        self._apart.add(tenant_id)

    def readmit(self, tenant_id: str) -> None:
        self._apart.discard(tenant_id)

    def _take_small(self) -> list[Command]:
        taken: list[Command] = []
        loan_count = 0
        tenant_id = self._small.next_tenant()
        while tenant_id is not None and len(taken) < limits.BATCH and loan_count < limits.BATCH_LOANS:
            command = self._small.next_of(tenant_id)
            taken.append(command)
            loan_count += len(command.reads.loan_ids)
            if not self._one_tenant_batches:
                tenant_id = self._small.next_tenant()
            elif not self._small.has(tenant_id):
                tenant_id = None
        return taken

    def _take_slow(self) -> list[Command]:
        """Of one tenant."""
        tenant_id = self._slow.next_tenant()
        taken: list[Command] = []
        loan_count = 0
        while tenant_id is not None and len(taken) < limits.BATCH and loan_count < limits.LARGE_BATCH_LOANS:
            command = self._slow.next_of(tenant_id)
            taken.append(command)
            loan_count += len(command.reads.loan_ids)
            if not self._slow.has(tenant_id):
                tenant_id = None
        return taken


class TenantQueues:
    """A queue for each tenant; the tenant whose turn it is comes first."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, deque[Command]] = OrderedDict()
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def put(self, command: Command) -> None:
        self._waiting.setdefault(command.request.tenant_id, deque()).append(command)
        self._length += 1

    def next_tenant(self) -> str | None:
        return next(iter(self._waiting), None)

    def has(self, tenant_id: str) -> bool:
        return tenant_id in self._waiting

    def next_of(self, tenant_id: str) -> Command:
        """The tenant's oldest command; the tenant becomes the last in turn, or leaves when it has no more."""
        commands = self._waiting[tenant_id]
        command = commands.popleft()
        self._length -= 1
        if commands:
            self._waiting.move_to_end(tenant_id)
        else:
            del self._waiting[tenant_id]
        return command


def _is_large(command: Command) -> bool:
    return len(command.reads.loan_ids) > limits.LARGE_COMMAND_LOANS
