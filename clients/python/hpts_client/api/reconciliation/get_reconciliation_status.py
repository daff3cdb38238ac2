import datetime
from typing import Any

from ...call import Call
from ...models.reconciliation_status import ReconciliationStatus
from ...types import UNSET, Unset


def get_reconciliation_status(
    *,
    as_of_date: datetime.date | Unset = UNSET,
) -> Call[ReconciliationStatus]:
    """Latest reconciliation check results: GET /reconciliation/status

    The books as they are now, as of the date. Every balance is recomputed from the journal, unless nothing has
    changed since the last check."""

    params: dict[str, Any] = {}

    json_as_of_date: str | Unset = UNSET
    if not isinstance(as_of_date, Unset):
        json_as_of_date = as_of_date.isoformat()
    params["as_of_date"] = json_as_of_date

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Call(
        method="GET",
        path="/reconciliation/status",
        query=params,
        readers={
            200: ReconciliationStatus.from_dict,
        },
    )
