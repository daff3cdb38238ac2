"""Bodies of postings with every field valid, of which a test changes the one it is about, and values that are not valid."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from tests.support import postings
from tests.support.client import LedgerClient, new_id
from tests.support.postings import ACCRUAL_BATCH, DISBURSEMENT, FEE, PAYMENT, REVERSAL, Body, Facts, Posting, today_utc

LARGEST: Final = 2**63 - 1
OMITTED: Final = object()

MALFORMED_AMOUNTS: Final[tuple[Any, ...]] = (
    *("-1", "01", "+1", " 1", "1 ", "1.0", "1e3", "", "0x1", "1_000", "1,000", "²", "١", "NaN", "00"),
    *("12345678901234567890", 1, 0, -1, 1.0, 1e3, True, None, [], {}, ["1"]),
)
OUT_OF_RANGE_AMOUNTS: Final = ("9223372036854775808", "9999999999999999999")
MALFORMED_DATES: Final[tuple[Any, ...]] = (
    *("2026-02-30", "0000-01-01", "2026-13-01", "2026-00-10", "2026-01-00", "2023-02-29", "1900-02-29", "20260101"),
    *("2026-1-1", "2026-01-01T00:00:00Z", "2026-W01-1", "2026-001", "26-01-01", "+2026-01-01", "-2026-01-01", "10000-01-01"),
    *("", " 2026-01-01", "2026-01-01 ", "2026-01-0١", "today", 20260101, 0, None, True, ["2026-01-01"]),
)
MALFORMED_IDS: Final[tuple[Any, ...]] = (
    *(
        "",
        "1",
        "x",
        "00000000-0000-0000-0000-00000000000",
        "00000000-0000-0000-0000-0000000000000",
        "g0000000-0000-0000-0000-000000000000",
    ),
    *(
        "00000000000000000000000000000000",
        "{00000000-0000-0000-0000-000000000000}",
        "urn:uuid:00000000-0000-0000-0000-000000000000",
    ),
    *("00000000-0000-0000-0000-000000000000\n", " 00000000-0000-0000-0000-000000000000", 0, None, True, [], {}),
)
MALFORMED_CURRENCIES: Final[tuple[Any, ...]] = ("", "usd", "US", "USDX", "U$D", "ÜSD", "USD ", 840, None, ["USD"])

MALFORMED_METADATA: Final[tuple[Any, ...]] = (None, [], "x", 1, {f"k{number}": "x" for number in range(51)})
MALFORMED_MEMBERS: Final[tuple[Any, ...]] = (
    *(
        {"": "x"},
        {"k" * 41: "x"},
        {"k": "x" * 501},
        {"k": 1},
        {"k": None},
        {"k": {}},
        {"k": ["x"]},
        {"k": "a\x00b"},
        {"k\x00": "x"},
    ),
)


def day(offset: int) -> str:
    """Today in UTC plus so many days."""
    return (today_utc() + timedelta(days=offset)).isoformat()


def too_far_ahead() -> str:
    """A date that is too far ahead even if midnight passes during the test."""
    return day(3)


def replace_fields(body: Body, /, **fields: Any) -> Body:
    """A field that is OMITTED is left out."""
    return {name: value for name, value in (body | fields).items() if value is not OMITTED}


def payment(client: LedgerClient, loan_id: str, /, **fields: Any) -> Body:
    return _body(PAYMENT, client.facts(loan_id), fields)


def disbursement(client: LedgerClient, loan_id: str | None = None, /, **fields: Any) -> Body:
    return _body(DISBURSEMENT, client.facts(loan_id or new_id()), fields)


def fee(**fields: Any) -> Body:
    """Without the loan, which is in the path."""
    return _body(FEE, Facts(loan_id=new_id(), amount_minor=500), fields)


def reversal(journal_entry_id: str, /, **fields: Any) -> Body:
    return _body(REVERSAL, Facts(loan_id=new_id(), entry_id=journal_entry_id), fields)


def accrued_loan(loan_id: str, principal_minor: int | str = 1_000_000, interest_minor: int | str = 100, /, **fields: Any) -> Body:
    return replace_fields(postings.accrued_loan(loan_id, principal_minor, interest_minor), **fields)


def accrual(*loans: Body, **fields: Any) -> Body:
    return _body(ACCRUAL_BATCH, Facts(loan_id=new_id()), {"loans": list(loans), **fields})


def _body(posting: Posting, facts: Facts, fields: Mapping[str, Any]) -> Body:
    return replace_fields(posting.body(facts), **fields)
