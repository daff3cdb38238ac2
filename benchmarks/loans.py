"""The loans of the benchmark: numbered, so that the load scripts, the database loader and the baselines name the same ones."""

import json
from datetime import UTC, date, datetime, timedelta

from benchmarks.tokens import TENANT_ID

CURRENCY = "USD"
PRINCIPAL_MINOR = 1_000_000_000
"""What a loan owes before it is measured: more than any run of payments of 100 can pay off."""
PAID = range(2_000)
"""The loans that payments and balance reads go round."""
ACCRUED = range(2_000, 12_000)
"""The loans of an accrual batch; nobody pays them, so their principal is known."""


def loan_id(number: int) -> str:
    return f"00000000-0000-7000-8000-{number:012x}"


def borrower_id(number: int) -> str:
    return f"00000000-0000-7000-9000-{number:012x}"


def ordered_id(at: datetime, tail: int) -> str:
    """A UUIDv7 of the millisecond `at`; `tail` (48 bits) tells ids of one millisecond apart."""
    head = f"{int(at.timestamp() * 1000):012x}"
    return f"{head[:8]}-{head[8:]}-7000-8000-{tail:012x}"


def today() -> date:
    return datetime.now(UTC).date()


def opening_day() -> date:
    return today() - timedelta(days=300)


def accrual_body(day: date, of: range = ACCRUED) -> bytes:
    """An accrual of these loans on one day."""
    loans = [
        {"loan_id": loan_id(number), "outstanding_principal_minor": str(PRINCIPAL_MINOR), "interest_minor": "1234"}
        for number in of
    ]
    batch = {"program_id": TENANT_ID, "accrual_date": day.isoformat(), "day_count_convention": "ACT_365", "loans": loans}
    return json.dumps(batch).encode()
