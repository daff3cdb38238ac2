"""Commands waiting for the writer, tenant by tenant, so that a busy tenant does not keep the others waiting."""

from collections import OrderedDict, deque

from app import limits
from app.posting.commands import Command


class CommandQueue:
    """Bounded; batches take from each tenant in turn."""

    def __init__(self, one_tenant_batches: bool) -> None:
        self._waiting: OrderedDict[str, deque[Command]] = OrderedDict()
        self._one_tenant_batches = one_tenant_batches
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def is_full(self) -> bool:
        return self._length >= limits.QUEUE

    def put(self, command: Command) -> None:
        self._waiting.setdefault(command.origin.tenant_id, deque()).append(command)
        self._length += 1

    def take(self) -> list[Command]:
        """The next batch: one command of each tenant in turn until it is full, or none waits."""
        taken: list[Command] = []
        loan_count = 0
        while self._waiting and len(taken) < limits.BATCH and loan_count < limits.BATCH_LOANS:
            tenant_id, commands = self._waiting.popitem(last=False)
            command = commands.popleft()
            if commands:
                self._waiting[tenant_id] = commands
                if self._one_tenant_batches:
                    self._waiting.move_to_end(tenant_id, last=False)
            taken.append(command)
            loan_count += len(command.event.loan_ids)
            if self._one_tenant_batches and not commands:
                break
        self._length -= len(taken)
        return taken
