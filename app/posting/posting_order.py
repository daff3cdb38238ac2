"""When each entry of a batch is posted: after all that its tenant has posted, whatever the clock of this process says.

Clocks are set back, and hosts disagree. So an entry is posted at the time of the clock only if the tenant's newest entry is
older, and otherwise in the first microsecond after that entry. Ids hold the same moment, and so are in the same order.
"""

from collections.abc import Mapping
from datetime import datetime

from app.clock import microseconds
from app.ids import microsecond_after


class PostingOrder:
    """`newest_entry_ids` are read when the loans of the batch are locked, so that no entry of these loans is missed."""

    __slots__ = ("_earliest", "_now")

    def __init__(self, now: datetime, newest_entry_ids: Mapping[str, str]) -> None:
        self._now = microseconds(now)
        self._earliest = {tenant_id: microsecond_after(entry_id) for tenant_id, entry_id in newest_entry_ids.items()}

    def next_microsecond(self, tenant_id: str) -> int:
        """That of the tenant's next entry, since 1970."""
        return max(self._now, self._earliest.get(tenant_id, 0))

    def advance(self, tenant_id: str, microsecond: int) -> None:
        """An entry of the tenant was posted at this one."""
        self._earliest[tenant_id] = microsecond + 1
