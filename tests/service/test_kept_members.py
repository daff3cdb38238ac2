"""Whatever a posting's body says is in the database and comes back with its entry: nothing that was accepted is dropped."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests.support.bodies import day
from tests.support.books import Books
from tests.support.client import LedgerClient, new_id
from tests.support.postings import POSTINGS, Facts, Posting

SHOWN_OTHERWISE: Final = {"loans", "reason_description", "accrual_date"}
"""Members that come back as lines, as the description and as the effective date."""


def leaves(value: Any) -> Iterator[str]:
    """The texts in a body, those of lists and of objects within it too."""
    if isinstance(value, dict | list):
        for member in value.values() if isinstance(value, dict) else value:
            yield from leaves(member)
    else:
        yield str(value)


def full_body(posting: Posting, facts: Facts) -> dict[str, Any]:
    """The posting's body with all that may be left out."""
    body = posting.body(facts) | {name: f"text of {name}" for name in posting.longest}
    return body | ({"metadata": {"channel": "text of channel"}} if "metadata" in posting.kept else {})


@pytest.mark.parametrize("posting", POSTINGS, ids=str)
def test_every_value_of_a_body_is_in_the_rows_of_its_entry_or_its_loan(
    client: LedgerClient, books: Books, posting: Posting
) -> None:
    """The principal that an accrual states is the loan's own, without which it would have been refused."""
    facts = client.facts_for(posting, client.open_loan(1_000_000, day(-1)))
    body = full_body(posting, facts)
    response = client.post(posting.path_for(facts), body)
    assert response.status_code == 201, response.text
    entry_id = response.json()["journal_entry_id"]
    rows = [
        *books.run("SELECT * FROM journal_entries WHERE journal_entry_id = ?", entry_id),
        *books.run("SELECT * FROM journal_lines WHERE journal_entry_id = ?", entry_id),
        *books.run("SELECT * FROM loans WHERE loan_id = ?", facts.loan_id),
    ]
    stored = " ".join(str(value) for row in rows for value in row)
    assert [text for text in leaves(body) if text not in stored] == []


@pytest.mark.parametrize("posting", POSTINGS, ids=str)
def test_the_entry_tells_whatever_its_request_said(client: LedgerClient, posting: Posting) -> None:
    """By the names of the body: in the entry itself, on each of its lines, or in its details."""
    facts = client.facts_for(posting, client.open_loan(1_000_000, day(-1)))
    body, key = full_body(posting, facts), f"told:{new_id()}"
    posted = client.post(posting.path_for(facts), body, key).json()
    entry = client.get(f"/journal-entries/{posted['journal_entry_id']}").json()
    assert entry["idempotency_key"] == key
    assert {value for name, value in posted.items() if name.endswith("_event_id")} <= {entry["event_id"]}
    told = {name: value for line in entry["lines"] for name, value in line.items()} | entry | entry.get("details", {})
    assert {name: value for name, value in body.items() if name not in SHOWN_OTHERWISE} == {
        name: told[name] for name in body if name not in SHOWN_OTHERWISE
    }
