import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from ...call import Call
from ...models.loan_balance import LoanBalance
from ...types import UNSET, Unset


def get_loan_balance(
    loan_id: UUID,
    *,
    as_of_date: datetime.date | Unset = UNSET,
) -> Call[LoanBalance]:
    """Balance of a loan: GET /loans/{loan_id}/balance

    What the borrower owes as of a date. Before the loan opened, zeros."""

    params: dict[str, Any] = {}

    json_as_of_date: str | Unset = UNSET
    if not isinstance(as_of_date, Unset):
        json_as_of_date = as_of_date.isoformat()
    params["as_of_date"] = json_as_of_date

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Call(
        method="GET",
        path="/loans/{loan_id}/balance".format(
            loan_id=quote(str(loan_id), safe=""),
        ),
        query=params,
        readers={
            200: LoanBalance.from_dict,
        },
    )
