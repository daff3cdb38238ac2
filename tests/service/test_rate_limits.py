"""Rate limits over real servers: exact over all workers together, and each tenant by itself."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator

import httpx
import pytest

from tests.support.client import NO_TLS, LedgerClient
from tests.support.databases import Databases
from tests.support.server import RunningServer, running_server
from tests.support.waiting import HANG_SECONDS

RATE, BURST = 40, 60
SECONDS = 4


@pytest.fixture(scope="module")
def limited(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Two workers share the allowance."""
    settings = {"workers": "2", "rate_limit": f"{RATE}:{BURST}", "response_validation": "compiled"}
    with databases.fresh("postgresql") as url, running_server(url, tmp_path_factory.mktemp("limited"), settings) as server:
        yield server


async def statuses(server: RunningServer, token: str, seconds: float, clients: int = 8) -> tuple[Counter[int], float]:
    """What clients with a connection each are answered that ask as fast as they can, and for how long they did."""
    found: Counter[int] = Counter()
    began = time.monotonic()

    async def ask() -> None:
        async with httpx.AsyncClient(timeout=HANG_SECONDS, verify=NO_TLS, trust_env=False) as http:
            while time.monotonic() < began + seconds:
                url = f"{server.url}/v1/accounts/1000/balance?currency=USD"
                found[(await http.get(url, headers={"authorization": f"Bearer {token}"})).status_code] += 1

    await asyncio.gather(*(ask() for _ in range(clients)))
    return found, time.monotonic() - began


async def test_a_flood_is_let_in_exactly_to_a_twentieth(limited: RunningServer) -> None:
    found, seconds = await statuses(limited, limited.token(), SECONDS)
    assert found.keys() == {200, 429}
    assert found[200] == pytest.approx(BURST + RATE * seconds, rel=0.05)


async def test_a_tenant_at_its_limit_takes_nothing_from_another(limited: RunningServer) -> None:
    flood = asyncio.create_task(statuses(limited, limited.token(), SECONDS))
    token = limited.token()
    answers = Counter[int]()
    async with httpx.AsyncClient(timeout=HANG_SECONDS, verify=NO_TLS, trust_env=False) as http:
        while not flood.done():
            url = f"{limited.url}/v1/accounts/1000/balance?currency=USD"
            answers[(await http.get(url, headers={"authorization": f"Bearer {token}"})).status_code] += 1
            await asyncio.sleep(1 / RATE)
    assert (await flood)[0][429] > 0
    assert answers.keys() == {200}


def test_a_refused_posting_uses_no_key_and_can_be_repeated_when_it_says(limited: RunningServer) -> None:
    with limited.client() as client:
        refused = first_refusal(client)
        assert int(refused.headers["retry-after"]) >= 1
        assert refused.headers["ratelimit"].startswith('"tenant";r=0;t=')
        assert refused.headers["ratelimit-policy"] == f'"tenant";q={BURST};w=2'
        assert refused.json()["code"] == "rate_limited"
        time.sleep(int(refused.headers["retry-after"]))
        again = client.http.send(refused.request)
        assert (again.status_code, again.headers.get("idempotency-replayed")) == (201, None)


def first_refusal(client: LedgerClient) -> httpx.Response:
    for _ in range(100 * BURST):
        answer = client.disburse()
        if answer.status_code != httpx.codes.CREATED:
            return answer
    raise AssertionError("no request was refused")


def test_probes_are_never_refused(limited: RunningServer) -> None:
    with httpx.Client(timeout=HANG_SECONDS, verify=NO_TLS, trust_env=False) as http:
        answers = [http.get(f"{limited.url}/v1/health/live") for _ in range(3 * BURST)]
    assert {answer.status_code for answer in answers} == {200}
    assert all("ratelimit" not in answer.headers for answer in answers)
