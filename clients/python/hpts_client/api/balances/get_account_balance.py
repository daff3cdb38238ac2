import datetime
from typing import Any
from urllib.parse import quote

from ...call import Call
from ...models.account_balance import AccountBalance
from ...models.layer import Layer
from ...types import UNSET, Unset


def get_account_balance(
    account_code: str,
    *,
    currency: str,
    layer: Layer | Unset = UNSET,
    as_of_date: datetime.date | Unset = UNSET,
) -> Call[AccountBalance]:
    """Balance of an account: GET /accounts/{account_code}/balance

    Totals debited and credited in one currency and layer as of a date, and their difference on the account's
    normal side."""

    params: dict[str, Any] = {}

    params["currency"] = currency

    json_layer: str | Unset = UNSET
    if not isinstance(layer, Unset):
        json_layer = layer

    params["layer"] = json_layer

    json_as_of_date: str | Unset = UNSET
    if not isinstance(as_of_date, Unset):
        json_as_of_date = as_of_date.isoformat()
    params["as_of_date"] = json_as_of_date

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Call(
        method="GET",
        path="/accounts/{account_code}/balance".format(
            account_code=quote(str(account_code), safe=""),
        ),
        query=params,
        readers={
            200: AccountBalance.from_dict,
        },
    )
