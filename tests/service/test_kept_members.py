"""Whatever a posting's body says is in the database afterwards: nothing that was accepted is dropped."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.bodies import day
from tests.support.books import Books
from tests.support.client import LedgerClient
from tests.support.postings import POSTINGS, Posting


def leaves(value: Any) -> Iterator[str]:
    """The texts in a body, those of lists and of objects within it too."""
    if isinstance(value, dict | list):
        for member in value.values() if isinstance(value, dict) else value:
            yield from leaves(member)
    else:
        yield str(value)


@pytest.mark.parametrize("posting", POSTINGS, ids=str)
def test_every_value_of_a_body_is_in_the_rows_of_its_entry_or_its_loan(
    client: LedgerClient, books: Books, posting: Posting
) -> None:
    """The principal that an accrual states is the loan's own, without which it would have been refused."""
    facts = client.facts_for(posting, client.open_loan(1_000_000, day(-1)))
    body = posting.body(facts) | {name: f"text of {name}" for name in posting.longest}
    if "metadata" in posting.kept:
        body["metadata"] = {"channel": "text of channel"}
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
