"""Current balances of many loans at once by key, on the sqlite3 driver; the hot read."""

import sqlite3
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Final

import orjson

from app.ledger.balance import CurrentLoan, CurrentLoans, LoanBalance
from app.ledger.book import LoanKey
from app.store.columns import column_list
from app.store.queries.loan_balances import CURRENT_LOAN_COLUMNS

_CURRENT_LOANS: Final = f"""SELECT l.tenant_id, l.loan_id, {column_list(CURRENT_LOAN_COLUMNS, "l")} FROM json_each(?) AS wanted
    CROSS JOIN loans AS l ON l.tenant_id = wanted.value ->> 0 AND l.loan_id = wanted.value ->> 1"""


def sqlite_current_loans(connection: sqlite3.Connection, keys: Sequence[LoanKey]) -> CurrentLoans:
    found: dict[LoanKey, CurrentLoan | None] = dict.fromkeys(keys)
    for tenant_id, loan_id, last_on, *balance in connection.execute(_CURRENT_LOANS, (orjson.dumps(keys).decode(),)):
        balance[-1] = datetime.fromisoformat(balance[-1]).replace(tzinfo=UTC)
        found[tenant_id, loan_id] = CurrentLoan(date.fromisoformat(last_on), LoanBalance(*balance))
    return found
