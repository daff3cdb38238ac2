"""Payments of one tenant while another posts twelve accruals of 3,000 loans at once, and while nobody else posts."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from time import monotonic, perf_counter
from typing import Final
from uuid import uuid4

import httpx

from benchmarks.accruals import accrual_client, send_accrual
from benchmarks.loans import CURRENCY, accrual_body, borrower_id, loan_id, today
from benchmarks.wrk import InvalidRun

ACCRUALS: Final = 12
ACCRUED: Final = range(2_000, 5_000)
PAYERS: Final = 2
LOANS: Final = 50
"""Of the tenant that pays."""


@dataclass(frozen=True, slots=True)
class Payments:
    """The tenant that pays, at a server where it has loans."""

    base_url: str
    token: str

    def open_loans(self) -> None:
        with accrual_client(self.base_url, self.token) as client:
            for number in range(LOANS):
                _post(client, "/disbursements", number, "1000000000", {"method": "ach"})

    def p99_ms(self, is_over: Callable[[], bool]) -> float:
        """Of PAYERS that each send one payment after the other until it is over."""
        with ThreadPoolExecutor(PAYERS) as threads:
            taken = sorted(each for payer in threads.map(self._pay, [is_over] * PAYERS) for each in payer)
        return taken[int(len(taken) * 0.99)] * 1e3

    def _pay(self, is_over: Callable[[], bool]) -> list[float]:
        taken: list[float] = []
        with accrual_client(self.base_url, self.token) as client:
            while not is_over() or not taken:
                begun = perf_counter()
                _post(client, "/payments", len(taken) % LOANS, "1", {"source_method": "ach"})
                taken.append(perf_counter() - begun)
        return taken

    def quiet_p99_ms(self, seconds: float) -> float:
        end = monotonic() + seconds
        return self.p99_ms(lambda: monotonic() > end)

    def busy_p99_ms(self, token: str, day: date) -> float:
        """While the tenant of the other token accrues a day of each of its loans, ACCRUALS times for different days at once."""
        bodies = [accrual_body(date.fromordinal(day.toordinal() - number), ACCRUED) for number in range(ACCRUALS)]
        with ThreadPoolExecutor(ACCRUALS) as threads:
            posts = [threads.submit(self._accrue, token, body) for body in bodies]
            p99_ms = self.p99_ms(lambda: all(map(Future.done, posts)))
            for post in posts:
                post.result()
        return p99_ms

    def _accrue(self, token: str, body: bytes) -> None:
        with accrual_client(self.base_url, token) as client:
            send_accrual(client, body)


def _post(client: httpx.Client, path: str, number: int, amount_minor: str, other: dict[str, str]) -> None:
    body = {
        "loan_id": loan_id(number),
        "borrower_id": borrower_id(number),
        "amount_minor": amount_minor,
        "currency": CURRENCY,
        "effective_at": today().isoformat(),
        **other,
    }
    answer = client.post(path, json=body, headers={"Idempotency-Key": f"benchmark:fairness:{uuid4()}"})
    if answer.status_code != 201:
        raise InvalidRun(f"{path} answered {answer.status_code}: {answer.text[:400]}")
