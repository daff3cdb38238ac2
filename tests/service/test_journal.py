"""GET journal entries: a loan's history page by page, single entries, and page tokens that the service did not issue."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pytest

from tests.support.bodies import day
from tests.support.client import LedgerClient, new_id
from tests.support.problems import problem_of
from tests.support.refusals import Refusals
from tests.support.server import RunningServer

FORGED: Final = ("x", "=", "AAAA", "%00", "../..", "é", "a" * 5_000, "' OR 1=1 --", "null", "eyJhIjoxfQ")
BATCH: Final = 1_500


@pytest.fixture
def loan_id(client: LedgerClient) -> str:
    """Opened nine days ago, and paid 1, 2, … 9 on the days after, the newest day first."""
    loan_id = client.open_loan(1_000_000, day(-9))
    for number in range(1, 10):
        assert client.pay(loan_id, number, effective_at=day(1 - number)).status_code == 201
    return loan_id


def pages(client: LedgerClient, loan_id: str, **filters: Any) -> Iterator[list[dict[str, Any]]]:
    """Each page's entries, until there is no further page."""
    token: dict[str, Any] = {}
    while True:
        response = client.get(f"/loans/{loan_id}/journal-entries", **filters, **token)
        assert response.status_code == 200, response.text
        page = response.json()
        yield page["items"]
        if "next_page_token" not in page:
            return
        token = {"page_token": page["next_page_token"]}


def flat(found: Iterable[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return [entry for items in found for entry in items]


def amounts(entries: list[dict[str, Any]]) -> list[int]:
    return [int(entry["lines"][0]["amount_minor"]) for entry in entries]


def test_history_is_newest_posting_first_whatever_its_date(client: LedgerClient, loan_id: str) -> None:
    [items] = pages(client, loan_id)
    assert amounts(items) == [*range(9, 0, -1), 1_000_000]
    assert items == [client.get(f"/journal-entries/{entry['journal_entry_id']}").json() for entry in items]


@pytest.mark.parametrize("page_size", [1, 3, 5, 10, 11, 200])
def test_pages_hold_every_entry_once(client: LedgerClient, loan_id: str, page_size: int) -> None:
    found = list(pages(client, loan_id, page_size=page_size))
    assert all(len(items) == page_size for items in found[:-1])
    assert 0 < len(found[-1]) <= page_size
    assert amounts(flat(found)) == [*range(9, 0, -1), 1_000_000]


def test_an_entry_posted_between_two_pages_changes_no_page(client: LedgerClient, loan_id: str) -> None:
    reading = pages(client, loan_id, page_size=4)
    first = next(reading)
    assert client.pay(loan_id, 77).status_code == 201
    assert amounts(first + flat(reading)) == [*range(9, 0, -1), 1_000_000]


def test_dates_are_inclusive_and_on_the_effective_date(client: LedgerClient, loan_id: str) -> None:
    for filters, expected in (
        ({"from_date": day(-2)}, [3, 2, 1]),
        ({"to_date": day(-7)}, [9, 8, 1_000_000]),
        ({"from_date": day(-4), "to_date": day(-3)}, [5, 4]),
        ({"from_date": day(-3), "to_date": day(-4)}, []),
        ({"from_date": day(5)}, []),
        ({"from_date": "0001-01-01", "to_date": "9999-12-31", "event_type": "disbursement"}, [1_000_000]),
        ({"event_type": "payment_received", "to_date": day(-8)}, [9]),
        ({"event_type": "chargeoff"}, []),
    ):
        assert amounts(flat(pages(client, loan_id, page_size=2, **filters))) == expected


def test_a_page_token_fits_only_the_request_it_was_issued_for(client: LedgerClient, loan_id: str, server: RunningServer) -> None:
    path = f"/loans/{loan_id}/journal-entries"
    token = client.get(path, page_size=2, from_date=day(-9)).json()["next_page_token"]
    assert client.get(path, page_size=2, from_date=day(-9), page_token=token).status_code == 200
    for filters in ({}, {"from_date": day(-8)}, {"from_date": day(-9), "to_date": day(0)}):
        problem_of(client.get(path, page_size=2, page_token=token, **filters), "invalid_page_token", "page_token")
    other = f"/loans/{client.open_loan()}/journal-entries"
    problem_of(client.get(other, from_date=day(-9), page_token=token), "invalid_page_token", "page_token")
    with server.client() as foreign:
        foreign.disburse(loan_id, 5)
        problem_of(foreign.get(path, from_date=day(-9), page_token=token), "invalid_page_token", "page_token")


def test_a_forged_page_token_is_refused(client: LedgerClient, loan_id: str) -> None:
    path = f"/loans/{loan_id}/journal-entries"
    token = client.get(path, page_size=2).json()["next_page_token"]
    middle = len(token) // 2
    turned = token[:middle] + ("A" if token[middle] != "A" else "B") + token[middle + 1 :]
    for forged in (*FORGED, turned, token[:-1], token + "A", token + "=", token.swapcase(), token * 2):
        problem_of(client.get(path, page_size=2, page_token=forged), "invalid_page_token", "page_token")
    problem_of(client.get(path, page_token=""), "validation_failed", "page_token")


def test_filters_that_the_contract_does_not_admit_are_refused(client: LedgerClient, loan_id: str) -> None:
    for name, values in {
        "page_size": ("0", "201", "-1", "1.0", "x", "", "1e2", "٣", "99999999999999999999"),
        "from_date": ("2026-02-30", "", "0000-01-01"),
        "to_date": ("2026-02-30", "x"),
        "event_type": ("", "PAYMENT_RECEIVED", "x"),
        "offset": ("1",),
    }.items():
        for value in values:
            response = client.get(f"/loans/{loan_id}/journal-entries", **{name: value})
            problem_of(response, "validation_failed", name)


def test_an_unknown_loan_or_entry_is_not_found(client: LedgerClient, loan_id: str, refusals: Refusals) -> None:
    refusals.expect("not_found", client.get, f"/loans/{new_id()}/journal-entries")
    refusals.expect("not_found", client.get, f"/journal-entries/{new_id()}")
    refusals.expect("not_found", client.get, f"/journal-entries/{loan_id}")
    refusals.expect("validation_failed", client.get, "/journal-entries/1", fields=("journal_entry_id",))


def test_history_links_an_entry_with_its_reversal(client: LedgerClient, loan_id: str) -> None:
    entry_id = client.get(f"/loans/{loan_id}/journal-entries").json()["items"][0]["journal_entry_id"]
    reversal_id = client.reverse(entry_id).json()["journal_entry_id"]
    reversal, reversed_entry = client.get(f"/loans/{loan_id}/journal-entries", page_size=2).json()["items"]
    assert (reversal["journal_entry_id"], reversal["reverses_entry_id"]) == (reversal_id, entry_id)
    assert (reversed_entry["journal_entry_id"], reversed_entry["reversed_by_entry_id"]) == (entry_id, reversal_id)


def test_a_large_batch_comes_a_thousand_lines_at_a_time(large_batch: tuple[LedgerClient, list[str], str]) -> None:
    client, loan_ids, entry_id = large_batch
    first = client.get(f"/journal-entries/{entry_id}").json()
    second = client.get(f"/journal-entries/{entry_id}", lines_page_token=first["next_lines_page_token"]).json()
    assert (len(first["lines"]), len(second["lines"])) == (1_000, BATCH + 1 - 1_000)
    assert "next_lines_page_token" not in second
    assert "lines_truncated" not in first
    lines = first["lines"] + second["lines"]
    assert [line["sequence"] for line in lines] == list(range(1, BATCH + 2))
    assert [line["loan_id"] for line in lines[:-1]] == loan_ids
    assert (lines[-1]["account_code"], lines[-1]["amount_minor"]) == ("4000", str(BATCH * 3))
    without = {"lines", "next_lines_page_token"}
    assert {name: first[name] for name in first.keys() - without} == {name: second[name] for name in second.keys() - without}


def test_a_large_batch_shows_a_loan_its_own_lines_only(large_batch: tuple[LedgerClient, list[str], str]) -> None:
    client, loan_ids, entry_id = large_batch
    newest = client.get(f"/loans/{loan_ids[-1]}/journal-entries").json()["items"][0]
    assert (newest["journal_entry_id"], newest["lines_truncated"]) == (entry_id, True)
    assert [(line["sequence"], line["loan_id"]) for line in newest["lines"]] == [(BATCH, loan_ids[-1])]


def test_a_lines_page_token_fits_only_its_entry(large_batch: tuple[LedgerClient, list[str], str]) -> None:
    client, loan_ids, entry_id = large_batch
    token = client.get(f"/journal-entries/{entry_id}").json()["next_lines_page_token"]
    other_id = client.get(f"/loans/{loan_ids[0]}/journal-entries").json()["items"][-1]["journal_entry_id"]
    problem_of(client.get(f"/journal-entries/{other_id}", lines_page_token=token), "invalid_page_token", "lines_page_token")
    for forged in (*FORGED, token[:-1], token + "A"):
        answer = client.get(f"/journal-entries/{entry_id}", lines_page_token=forged)
        problem_of(answer, "invalid_page_token", "lines_page_token")
    history = client.get(f"/loans/{loan_ids[0]}/journal-entries", page_size=1).json()["next_page_token"]
    problem_of(client.get(f"/journal-entries/{entry_id}", lines_page_token=history), "invalid_page_token", "lines_page_token")


def test_a_large_batch_is_reversed_as_a_whole(server: RunningServer) -> None:
    with server.client() as client:
        loan_ids, entry_id = open_and_accrue(client, 120)
        reversal_id = client.reverse(entry_id).json()["journal_entry_id"]
        assert len(client.get(f"/journal-entries/{reversal_id}").json()["lines"]) == 121
        assert client.balance(loan_ids[7]).json()["interest_receivable_minor"] == "0"
        assert client.reconciliation().json()["ledger_integrity"]["status"] == "ok"


@pytest.fixture(scope="module")
def large_batch(server: RunningServer) -> Iterator[tuple[LedgerClient, list[str], str]]:
    """A client, its loans of 1,000 each, and the entry that accrues 3 on every one of them."""
    with server.client() as client:
        yield client, *open_and_accrue(client, BATCH)


def open_and_accrue(client: LedgerClient, count: int) -> tuple[list[str], str]:
    """The ids of `count` new loans, and of the entry that accrues on them."""
    loan_ids = open_loans(client, count)
    response = client.accrue(dict.fromkeys(loan_ids, (1_000, 3)))
    assert response.status_code == 201, response.text
    return loan_ids, response.json()["journal_entry_id"]


def open_loans(client: LedgerClient, count: int) -> list[str]:
    """Opened concurrently, so that they share commits."""
    with ThreadPoolExecutor(16) as threads:
        return list(threads.map(lambda _: client.open_loan(1_000), range(count)))
