"""A payment posted the ordinary way: one transaction, one statement after the other, into tables of the same shape.

What HPTS does beyond it is left out in the baseline's favour: no triggers, no row-level security, no back-dated limits.
"""

import hashlib
import json
import random
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Table, bindparam, create_engine, insert, make_url, select, update
from sqlalchemy.dialects.postgresql import insert as upsert_into

from app.limits import STRIPES
from app.store import tables
from benchmarks.loans import CURRENCY, PAID, PRINCIPAL_MINOR, borrower_id, loan_id, opening_day, ordered_id
from benchmarks.tokens import TENANT_ID

BUCKETS = ("fees_minor", "interest_minor", "principal_minor")
ACCOUNTS = {"fees_minor": "1300", "interest_minor": "1200", "principal_minor": "1100", "suspense_minor": "2100"}
CLEARING = "1050"


@dataclass(frozen=True, slots=True)
class Payment:
    tenant_id: str
    actor: str
    key: str
    canonical_body: bytes
    body: dict[str, Any]


class Refused(Exception):
    """The payment breaks a rule; none of the benchmark's does."""


def _adding(table: Table, columns: tuple[str, ...], replacing: tuple[str, ...] = ()) -> Any:
    statement = upsert_into(table)
    changes = {name: table.c[name] + statement.excluded[name] for name in columns}
    changes |= {name: statement.excluded[name] for name in replacing}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=changes)


_keys, _loans = tables.idempotency_keys.c, tables.loans.c
_BALANCES = tuple(ACCOUNTS)
FIND_KEY = select(_keys.request_hash, _keys.response_body).where(
    _keys.tenant_id == bindparam("tenant_id"), _keys.key == bindparam("key")
)
_THIS_LOAN = (_loans.tenant_id == bindparam("tenant"), _loans.loan_id == bindparam("loan"))
LOCK_LOAN = select(tables.loans).where(*_THIS_LOAN).with_for_update()
UPDATE_LOAN = update(tables.loans).where(*_THIS_LOAN)
ADD_LOAN_DAY = _adding(tables.loan_days, _BALANCES, ("last_posted_at",))
ADD_TOTALS = _adding(tables.account_totals, ("dr_minor", "cr_minor"))
ADD_ACCOUNT_DAYS = _adding(tables.account_days, ("dr_minor", "cr_minor"))


def post(connection: Connection, payment: Payment) -> tuple[dict[str, Any], int]:
    """The response and its status; raises Refused."""
    request_hash = hashlib.sha256(payment.canonical_body).digest()
    known = connection.execute(FIND_KEY, {"tenant_id": payment.tenant_id, "key": payment.key}).one_or_none()
    if known is not None:
        if known.request_hash != request_hash:
            raise Refused("idempotency_mismatch")
        return json.loads(known.response_body), 200
    loan = connection.execute(LOCK_LOAN, {"tenant": payment.tenant_id, "loan": payment.body["loan_id"]}).mappings().one()
    if (loan["borrower_id"], loan["currency"]) != (payment.body["borrower_id"], payment.body["currency"]):
        raise Refused("borrower_mismatch or currency_mismatch")
    allocation = allocate(int(payment.body["amount_minor"]), loan)
    posted_at = datetime.now(UTC)
    response = {
        "payment_event_id": str(uuid4()),
        "journal_entry_id": ordered_id(posted_at, random.getrandbits(48)),
        "allocation": {name: str(part) for name, part in allocation.items()},
        "posted_at": posted_at.isoformat().replace("+00:00", "Z"),
    }
    _write_entry(connection, payment, response, allocation, posted_at)
    _write_balances(connection, payment, loan, allocation, posted_at)
    kept = {"request_hash": request_hash, "response_body": json.dumps(response).encode(), "created_at": posted_at}
    connection.execute(insert(tables.idempotency_keys), {"tenant_id": payment.tenant_id, "key": payment.key, **kept})
    return response, 201


def allocate(amount_minor: int, loan: Any) -> dict[str, int]:
    """The waterfall: fees, interest, principal, and what is left over waits in suspense."""
    allocation = {}
    for bucket in BUCKETS:
        allocation[bucket] = min(amount_minor, loan[bucket])
        amount_minor -= allocation[bucket]
    return allocation | {"suspense_minor": amount_minor}


def _sides(payment: Payment, allocation: dict[str, int]) -> list[tuple[str, str, int]]:
    credits = [(ACCOUNTS[bucket], "CR", part) for bucket, part in allocation.items() if part]
    return [(CLEARING, "DR", int(payment.body["amount_minor"])), *credits]


def _write_entry(
    connection: Connection, payment: Payment, response: dict[str, Any], allocation: dict[str, int], posted_at: datetime
) -> None:
    sides = _sides(payment, allocation)
    effective_at = date.fromisoformat(payment.body["effective_at"])
    key = {"tenant_id": payment.tenant_id, "journal_entry_id": response["journal_entry_id"], "effective_at": effective_at}
    about = {"event_type": "payment_received", "correlation_id": str(uuid4()), "actor": payment.actor}
    facts = {"event_id": response["payment_event_id"], "posted_at": posted_at, "line_count": len(sides)}
    connection.execute(insert(tables.journal_entries), key | about | facts)
    shared = {"currency": payment.body["currency"], "layer": "SETTLED", "external_ref": payment.body.get("external_ref")}
    lines = [
        {"sequence": sequence, "account_code": account, "direction": direction, "amount_minor": amount}
        | {"loan_id": None if account == CLEARING else payment.body["loan_id"], "borrower_id": payment.body["borrower_id"]}
        for sequence, (account, direction, amount) in enumerate(sides, 1)
    ]
    connection.execute(insert(tables.journal_lines), [key | shared | line for line in lines])


def _write_balances(connection: Connection, payment: Payment, loan: Any, allocation: dict[str, int], posted_at: datetime) -> None:
    effective_at = date.fromisoformat(payment.body["effective_at"])
    change = {bucket: part if bucket == "suspense_minor" else -part for bucket, part in allocation.items()}
    dates = {"last_effective_on": max(effective_at, loan["last_effective_on"]), "last_posted_at": posted_at}
    balances = {bucket: loan[bucket] + change[bucket] for bucket in change}
    connection.execute(UPDATE_LOAN, {"tenant": payment.tenant_id, "loan": loan["loan_id"], **balances, **dates})
    tenant, day = {"tenant_id": payment.tenant_id}, {"effective_at": effective_at}
    connection.execute(ADD_LOAN_DAY, tenant | day | change | {"loan_id": loan["loan_id"], "last_posted_at": posted_at})
    stripe = {"currency": payment.body["currency"], "layer": "SETTLED", "stripe": random.randrange(STRIPES)}
    totals = [
        tenant | stripe | {"account_code": account, "dr_minor": amount * (side == "DR"), "cr_minor": amount * (side == "CR")}
        for account, side, amount in sorted(_sides(payment, allocation))
    ]
    connection.execute(ADD_TOTALS, totals)
    connection.execute(ADD_ACCOUNT_DAYS, [total | day for total in totals])


def prepare(database_url: str) -> None:
    """Make the tables, and open the loans that are paid."""
    engine = create_engine(make_url(database_url).set(drivername="postgresql+psycopg"))
    tables.metadata.create_all(engine)
    opened = {"tenant_id": TENANT_ID, "currency": CURRENCY, "opened_on": opening_day(), "last_effective_on": opening_day()}
    balances = {"principal_minor": PRINCIPAL_MINOR, "interest_minor": 0, "fees_minor": 0, "suspense_minor": 0}
    shared = opened | balances | {"last_posted_at": datetime.now(UTC)}
    rows = [shared | {"loan_id": loan_id(number), "borrower_id": borrower_id(number)} for number in PAID]
    with engine.begin() as connection:
        connection.execute(insert(tables.tenants), {"tenant_id": TENANT_ID})
        connection.execute(insert(tables.loans), rows)
    engine.dispose()
