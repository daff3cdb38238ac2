"""Many clients of one tenant that post payments at the same time, each under a new key, and keep the answers."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from tests.support import bodies
from tests.support.client import LedgerClient, new_id
from tests.support.postings import Body
from tests.support.server import RunningServer
from tests.support.waiting import HANG_SECONDS

CLIENTS = 8


@dataclass
class ConcurrentClients:
    """`sent` has the body of every key that was sent, `acknowledged` the answer to every key that was answered 201."""

    tenant_id: str = field(default_factory=new_id)
    borrower_id: str = field(default_factory=new_id)
    loan_ids: list[str] = field(default_factory=lambda: [new_id() for _ in range(3)])
    sent: dict[str, Body] = field(default_factory=dict)
    acknowledged: dict[str, bytes] = field(default_factory=dict)
    refused: list[httpx.Response] = field(default_factory=list)

    def open_loans(self, server: RunningServer) -> None:
        with server.client(self.tenant_id) as client:
            for loan_id in self.loan_ids:
                opening = bodies.disbursement(client, loan_id, borrower_id=self.borrower_id, amount_minor="1000000")
                opened = client.post("/disbursements", opening)
                assert opened.status_code == 201, opened.text

    @contextmanager
    def posting(self, server: RunningServer, enough: int) -> Iterator[None]:
        """The block begins after `enough` more acknowledged postings. The clients stop at its end, or when the server is gone."""
        ended, reached = threading.Event(), threading.Event()
        goal = len(self.acknowledged) + enough

        def post_until_ended(number: int) -> None:
            with server.client(self.tenant_id) as client:
                while not ended.is_set():
                    key, body = self._next(client, number)
                    try:
                        response = client.post("/payments", body, key)
                    except httpx.TransportError:
                        return
                    if response.status_code == 201:
                        self.acknowledged[key] = response.content
                    else:
                        self.refused.append(response)
                    if len(self.acknowledged) >= goal:
                        reached.set()

        threads = [threading.Thread(target=post_until_ended, args=(number,)) for number in range(CLIENTS)]
        for each in threads:
            each.start()
        try:
            assert reached.wait(HANG_SECONDS), "the server answers too few postings"
            yield
        finally:
            ended.set()
            for each in threads:
                each.join(HANG_SECONDS)

    def repeat_all(self, client: LedgerClient) -> dict[str, bytes]:
        """Sends every key once more and returns the answers by key."""
        answers = {}
        for key, body in self.sent.items():
            response = client.post("/payments", body, key)
            assert response.status_code in (200, 201), response.text
            assert response.status_code == 200 or key not in self.acknowledged
            answers[key] = response.content
        return answers

    def _next(self, client: LedgerClient, number: int) -> tuple[str, Body]:
        loan_id = self.loan_ids[len(self.sent) % len(self.loan_ids)]
        key, body = (
            f"concurrent:{number}:{new_id()}",
            bodies.payment(client, loan_id, borrower_id=self.borrower_id, amount_minor="1"),
        )
        self.sent[key] = body
        return key, body
