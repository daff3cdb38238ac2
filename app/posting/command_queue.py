"""Commands waiting for the writer, in a queue for each tenant, so that one tenant's load does not delay the others."""

from collections import OrderedDict, deque

from app import limits
from app.posting.command import Command


class CommandQueue:
    """Bounded. A batch takes one command of each tenant in turn; with `one_tenant_batches`, batches take tenants in turn."""

    def __init__(self, one_tenant_batches: bool) -> None:
        self._waiting: OrderedDict[str, deque[Command]] = OrderedDict()
        self._one_tenant_batches = one_tenant_batches
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def is_full(self) -> bool:
        return self._length >= limits.QUEUE

    def put(self, command: Command) -> None:
        self._waiting.setdefault(command.request.tenant_id, deque()).append(command)
        self._length += 1

    def take(self) -> list[Command]:
        """The next batch: until `limits` fill it, or none waits."""
        taken: list[Command] = []
        loan_count = 0
        tenant_id = next(iter(self._waiting), None)
        while tenant_id is not None and len(taken) < limits.BATCH and loan_count < limits.BATCH_LOANS:
            command = self._next_of(tenant_id)
            taken.append(command)
            loan_count += len(command.reads.loan_ids)
            if not self._one_tenant_batches:
                tenant_id = next(iter(self._waiting), None)
            elif tenant_id not in self._waiting:
                tenant_id = None
        self._length -= len(taken)
        return taken

    def _next_of(self, tenant_id: str) -> Command:
        """The tenant's oldest command; the tenant becomes the last in turn, or leaves when it has no more."""
        commands = self._waiting[tenant_id]
        command = commands.popleft()
        if commands:
            self._waiting.move_to_end(tenant_id)
        else:
            del self._waiting[tenant_id]
        return command
