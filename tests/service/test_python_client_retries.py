"""However answers and connections get lost on the way to the real server, a call of the Python client posts once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from typing import Final
from uuid import UUID

import httpx
import pytest

from hpts_client import Call, Client, NoAnswer, Retries, api, models
from tests.support.client import NO_TLS, LedgerClient, today
from tests.support.server import RunningServer
from tests.support.waiting import HANG_SECONDS

REFUSED, LOST, LATE = "no connection", "the answer is lost", "the answer is late"
ERRORS: Final = {REFUSED: httpx.ConnectError, LOST: httpx.ReadError, LATE: httpx.ReadTimeout}
IMPATIENT: Final = Retries(attempts_max=50, first_delay_seconds=0.01, delay_max_seconds=30)
SENDERS: Final = 16


class Faulty(httpx.BaseTransport):
    """The way to the server, on which each of `faults` hits one request; what gets lost after the server has it, it has done."""

    def __init__(self, *faults: str) -> None:
        self._faults = iter(faults)
        self._way = httpx.HTTPTransport(verify=NO_TLS, trust_env=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        fault = next(self._faults, None)
        if fault != REFUSED:
            response = self._way.handle_request(request)
            response.read()
            if fault is None:
                return response
        raise ERRORS[str(fault)](str(fault))

    def close(self) -> None:
        self._way.close()


@pytest.fixture
def loan_id(client: LedgerClient) -> str:
    return client.open_loan()


@pytest.fixture
def call(client: LedgerClient, loan_id: str) -> Call[models.PaymentPosted]:
    payment = models.PaymentRequest(
        loan_id=UUID(loan_id),
        borrower_id=UUID(client.borrower(loan_id)),
        amount_minor="88849",
        currency="USD",
        effective_at=date.fromisoformat(today()),
        source_method="ach",
    )
    return api.post_payment(payment)


@contextmanager
def through(server: RunningServer, client: LedgerClient, *faults: str, retries: Retries = IMPATIENT) -> Iterator[Client]:
    with httpx.Client(transport=Faulty(*faults), timeout=HANG_SECONDS) as http:
        yield Client(f"{server.url}/v1", client.token, retries=retries, http=http)


def payments(client: LedgerClient, loan_id: str) -> list[str]:
    entries = client.get(f"/loans/{loan_id}/journal-entries", event_type="payment_received").json()["items"]
    return [entry["journal_entry_id"] for entry in entries]


@pytest.mark.parametrize(
    ("faults", "is_replayed"),
    [((REFUSED,), False), ((LOST,), True), ((LATE,), True), ((REFUSED, LOST, LATE, REFUSED, LOST), True)],
    ids=lambda value: None if isinstance(value, bool) else ", ".join(value),
)
def test_what_gets_lost_is_sent_again_and_posted_once(
    faults: tuple[str, ...],
    is_replayed: bool,
    server: RunningServer,
    client: LedgerClient,
    loan_id: str,
    call: Call[models.PaymentPosted],
) -> None:
    with through(server, client, *faults) as faulty:
        answer = faulty.answer(call)
        assert answer.is_replayed is is_replayed
        assert payments(client, loan_id) == [str(answer.value.journal_entry_id)]


def test_a_call_that_was_given_up_is_sent_later_and_posted_once(
    server: RunningServer, client: LedgerClient, loan_id: str, call: Call[models.PaymentPosted]
) -> None:
    with through(server, client, LOST, retries=Retries(attempts_max=1)) as faulty:
        with pytest.raises(NoAnswer):
            faulty.send(call)
        assert payments(client, loan_id) == [str(faulty.send(call).journal_entry_id)]


def test_one_call_sent_by_many_at_once_is_answered_alike_to_all_and_posted_once(
    server: RunningServer, client: LedgerClient, loan_id: str, call: Call[models.PaymentPosted]
) -> None:
    with through(server, client) as shared:
        with ThreadPoolExecutor(SENDERS) as pool:
            answers = list(pool.map(shared.answer, [call] * SENDERS))
        assert {str(each.value.journal_entry_id) for each in answers} == set(payments(client, loan_id))
        assert sorted(each.is_replayed for each in answers) == [False] + [True] * (SENDERS - 1)
        assert len(payments(client, loan_id)) == 1
