"""Pages of the journal by each of its filters: those that match all entries, few, and none, and some of them together."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

import httpx

from benchmarks.history import FILTERED
from benchmarks.loans import opening_day

PAGES: Final = 3
CONNECTIONS: Final = 16
PATH: Final = "/journal-entries"
NO_ID: Final = "4bf92f35-77b3-4da6-a3ce-929d0e0e4736"
_NEAR_THE_END: Final = opening_day() + timedelta(days=7 * FILTERED.payments)

Filters = dict[str, str]


def _days(first: int, last: int) -> Filters:
    """Effective dates, in days since the loans were opened."""
    dates = [(opening_day() + timedelta(days=number)).isoformat() for number in (first, last)]
    return dict(zip(("from_date", "to_date"), dates, strict=True))


FILTERS: Final[dict[str, Filters]] = {
    "none": {},
    "event_type, most": {"event_type": "payment_received"},
    "event_type, the oldest": {"event_type": "disbursement"},
    "event_type, none": {"event_type": "reversal"},
    "account_code, all": {"account_code": "1100"},
    "account_code, the oldest": {"account_code": "2000"},
    "account_code, none": {"account_code": "5100"},
    "currency, all": {"currency": "USD"},
    "currency, none": {"currency": "EUR"},
    "actor, all": {"actor": "history"},
    "actor, none": {"actor": "nobody"},
    "correlation_id": {"correlation_id": NO_ID},
    "external_ref, all": {"external_ref": "ach_trace_000001"},
    "external_ref, none": {"external_ref": "none"},
    "event_id": {"event_id": NO_ID},
    "idempotency_key": {"idempotency_key": "history:3:77"},
    "one old day": _days(7, 7),
    "a day without entries": _days(8, 8),
    "a month": _days(20, 50),
    "all days": {"from_date": "0001-01-01", "to_date": "9999-12-31"},
    "before all days": {"to_date": (opening_day() - timedelta(days=1)).isoformat()},
    "posted": {"posted_to": f"{_NEAR_THE_END}T00:00:00Z"},
    "event_type and a month": {"event_type": "payment_received", **_days(20, 50)},
    "event_type and an account that exclude each other": {"event_type": "disbursement", "account_code": "1050"},
    "external_ref of all, event_type of none": {"external_ref": "ach_trace_000001", "event_type": "reversal"},
}


def first_pages(base_url: str, token: str, filters: Filters) -> Iterator[str]:
    """The paths of the first pages, each with its page token."""
    page_token: Filters = {}
    with httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=60) as client:
        for _ in range(PAGES):
            query = urlencode(filters | page_token)
            yield f"/v1{PATH}?{query}"
            page = client.get(f"{base_url}{PATH}?{query}").raise_for_status().json()
            if "next_page_token" not in page:
                return
            page_token = {"page_token": page["next_page_token"]}
