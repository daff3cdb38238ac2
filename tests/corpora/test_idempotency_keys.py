"""A payment with every key of the corpus is posted if the contract's pattern admits the key, and refused otherwise."""

import json
from collections.abc import Iterator

import httpx
import pytest

from tests.corpora.idempotency_keys import ADMITTED, KEY, NOT_HTTP, REFUSED, SPACED, Forms
from tests.corpora.verdicts import assert_no_complaints, check_problem, check_status
from tests.support import bodies, raw
from tests.support.client import LedgerClient
from tests.support.refusals import Refusals
from tests.support.server import RunningServer

FIELD = "Idempotency-Key"


@pytest.fixture
def loan_id(client: LedgerClient) -> str:
    return client.open_loan()


def pay(server: RunningServer, client: LedgerClient, loan_id: str, *keys: str | bytes) -> httpx.Response:
    own = (("Authorization", f"Bearer {client.token}"), ("Content-Type", "application/json"))
    sent: list[raw.Header] = [*own, *((FIELD, key if isinstance(key, bytes) else key.encode()) for key in keys)]
    body = json.dumps(bodies.payment(client, loan_id, amount_minor="1")).encode()
    return raw.exchange(server.url, raw.request("POST", "/v1/payments", sent, body))


def each(forms: Forms) -> Iterator[tuple[str, str | bytes]]:
    return ((f"{form}: {value!r:.60}", value) for form, values in forms.items() for value in values)


def test_what_the_pattern_admits_posts(server: RunningServer, client: LedgerClient, loan_id: str) -> None:
    posted: set[str] = set()
    for name, value in each(ADMITTED):
        is_known = str(value).strip() in posted
        assert_no_complaints(check_status(name, pay(server, client, loan_id, value), 200 if is_known else 201))
        posted.add(str(value).strip())


def test_white_space_after_a_key_is_not_part_of_it(server: RunningServer, client: LedgerClient, loan_id: str) -> None:
    assert [pay(server, client, loan_id, value).status_code for value in (KEY, *SPACED)] == [201, 200, 200, 200]


def test_what_the_pattern_does_not_admit_is_refused(
    server: RunningServer, client: LedgerClient, loan_id: str, refusals: Refusals
) -> None:
    with refusals.nothing_written():
        for name, value in each(REFUSED):
            assert_no_complaints(check_problem(name, pay(server, client, loan_id, value), "validation_failed", FIELD))


def test_a_value_that_http_does_not_allow_is_refused(
    server: RunningServer, client: LedgerClient, loan_id: str, refusals: Refusals
) -> None:
    with refusals.nothing_written():
        for name, value in each(NOT_HTTP):
            assert_no_complaints(check_problem(name, pay(server, client, loan_id, value), "validation_failed"))


def test_two_keys_and_a_missing_key_are_refused(
    server: RunningServer, client: LedgerClient, loan_id: str, refusals: Refusals
) -> None:
    with refusals.nothing_written():
        for keys in ((KEY, KEY), (KEY, "abcdefgh"), (KEY, ""), ("", KEY), (KEY, f'"{KEY}"')):
            assert_no_complaints(check_problem(f"{keys}", pay(server, client, loan_id, *keys), "validation_failed", FIELD))
        assert_no_complaints(check_problem("no key", pay(server, client, loan_id), "idempotency_key_missing", FIELD))
