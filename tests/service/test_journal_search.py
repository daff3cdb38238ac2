"""GET /journal-entries: the pages of any filters are the entries that match them, of the caller's tenant alone."""

from collections.abc import Iterator
from random import Random
from typing import Any, Final

import pytest

from tests.support.bodies import day
from tests.support.client import LedgerClient, new_id
from tests.support.problems import problem_of
from tests.support.server import RunningServer

PATH: Final = "/journal-entries"
TRACE: Final = "4bf92f3577b34da6a3ce929d0e0e4736"
BY_LINES: Final = ("account_code", "currency", "external_ref")
BY_ENTRY: Final = ("event_type", "actor", "correlation_id", "event_id", "idempotency_key")
WRONG: Final = {
    "from_date": ("2026-02-30", ""),
    "posted_from": ("2026-11-22", "2026-11-22T25:00:00Z", "yesterday"),
    "posted_to": ("2026-11-22T10:00:00",),
    "event_type": ("payment", ""),
    "account_code": ("11", "11000"),
    "currency": ("usd", "US"),
    "actor": ("", "x" * 256),
    "correlation_id": ("x", TRACE),
    "external_ref": ("x" * 129,),
    "event_id": ("x",),
    "idempotency_key": ("short", "with space"),
    "page_size": ("0", "201"),
    "loan_id": (new_id(),),
}
"""Values that no filter takes; a loan has a history of its own."""


@pytest.fixture
def posted(client: LedgerClient) -> LedgerClient:
    """A client of a tenant with entries of several types, dates, currencies, references and traces."""
    dollars, euros = client.open_loan(50_000, day(-9)), new_id()
    client.disburse(euros, 9_000, currency="EUR", effective_at=day(-3), destination_ref="iban-1")
    for number in range(4):
        client.pay(dollars, 10 + number, f"payment:{number:08d}", effective_at=day(-number), external_ref=f"wire-{number % 2}")
        client.pay(euros, 5, currency="EUR", effective_at=day(-number))
        client.post(f"/loans/{dollars}/fees", FEE, headers={"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"})
    mistaken = client.pay(dollars, 77, external_ref="wire-1").json()["journal_entry_id"]
    client.reverse(mistaken)
    return client


FEE: Final = {"amount_minor": "5", "currency": "USD", "effective_at": day(0), "description": "late fee"}


def pages(client: LedgerClient, **filters: Any) -> Iterator[dict[str, Any]]:
    token: dict[str, Any] = {}
    while True:
        response = client.get(PATH, **filters, **token)
        assert response.status_code == 200, response.text
        page = response.json()
        yield from page["items"]
        if "next_page_token" not in page:
            return
        token = {"page_token": page["next_page_token"]}


def matches(entry: dict[str, Any], filters: dict[str, Any]) -> bool:
    on_lines = {name: value for name, value in filters.items() if name in BY_LINES}
    return (
        filters.get("from_date", "") <= entry["effective_at"] <= filters.get("to_date", "9999-12-31")
        and filters.get("posted_from", "") <= entry["posted_at"] <= filters.get("posted_to", "9")
        and all(entry[name] == filters[name] for name in BY_ENTRY if name in filters)
        and (not on_lines or any(on_lines.items() <= line.items() for line in entry["lines"]))
    )


def test_the_pages_of_any_filters_are_the_entries_that_match_them(posted: LedgerClient) -> None:
    entries, chance = list(pages(posted)), Random(20_261_126)
    assert len(entries) == 16
    assert [entry["journal_entry_id"] for entry in entries] == sorted(
        (each["journal_entry_id"] for each in entries), reverse=True
    )
    for entry in entries:
        assert posted.get(f"{PATH}/{entry['journal_entry_id']}").json() == entry
    for number in range(60):
        entry = chance.choice(entries)
        values = {**chance.choice(entry["lines"]), **entry, "from_date": entry["effective_at"], "to_date": entry["effective_at"]}
        values |= {"posted_from": entry["posted_at"], "posted_to": entry["posted_at"]}
        names = ["from_date", "to_date", "posted_from", "posted_to", *BY_ENTRY, *(name for name in BY_LINES if name in values)]
        filters = {name: values[name] for name in chance.sample(names, 1 + number % 3)}
        expected = [each for each in entries if matches(each, filters)]
        assert entry in expected
        assert list(pages(posted, page_size=chance.choice([1, 3, 200]), **filters)) == expected, filters


def test_another_tenant_sees_nothing_of_it_whatever_it_asks_for(posted: LedgerClient, server: RunningServer) -> None:
    [entry] = pages(posted, idempotency_key="payment:00000001")
    line = entry["lines"][-1]
    asked = {name: entry[name] for name in BY_ENTRY} | {name: line[name] for name in BY_LINES}
    asked |= {"from_date": entry["effective_at"], "posted_from": entry["posted_at"]}
    token = posted.get(PATH, page_size=1).json()["next_page_token"]
    with server.client() as other:
        assert list(pages(other)) == []
        for name, value in asked.items():
            assert list(pages(other, **{name: value})) == [], name
        problem_of(other.get(PATH, page_size=1, page_token=token), "invalid_page_token", "page_token")


def test_ids_are_found_in_any_spelling(posted: LedgerClient) -> None:
    [entry] = pages(posted, idempotency_key="payment:00000001")
    assert list(pages(posted, event_id=entry["event_id"].upper())) == [entry]
    assert list(pages(posted, correlation_id=entry["correlation_id"].upper())) == [entry]
    assert len(list(pages(posted, correlation_id="4BF92F35-77B3-4DA6-A3CE-929D0E0E4736"))) == 4


def test_moments_of_posting_are_inclusive_in_any_zone(posted: LedgerClient) -> None:
    entry = list(pages(posted))[3]
    moment = entry["posted_at"].replace("Z", "+00:00")
    assert list(pages(posted, posted_from=moment, posted_to=moment)) == [entry]


def test_a_page_token_fits_only_the_filters_it_was_issued_for(posted: LedgerClient) -> None:
    token = posted.get(PATH, page_size=1, event_type="fee_assessed").json()["next_page_token"]
    assert posted.get(PATH, page_size=2, event_type="fee_assessed", page_token=token).status_code == 200
    for filters in (
        {},
        {"event_type": "disbursement"},
        {"event_type": "fee_assessed", "currency": "USD"},
        {"actor": "fee_assessed"},
    ):
        problem_of(posted.get(PATH, page_token=token, **filters), "invalid_page_token", "page_token")


@pytest.mark.parametrize("name", WRONG)
def test_filters_that_the_contract_does_not_admit_are_refused(client: LedgerClient, name: str) -> None:
    for value in WRONG[name]:
        problem_of(client.get(PATH, **{name: value}), "validation_failed", name)


def test_an_entry_posted_between_two_pages_changes_no_page(posted: LedgerClient) -> None:
    expected = list(pages(posted, currency="USD"))
    reading = pages(posted, currency="USD", page_size=3)
    found = [next(reading)]
    posted.open_loan()
    assert found + list(reading) == expected
