"""What the client sends, again and again the same; both clients decide alike."""

import asyncio
from typing import Any

import httpx
import pytest

from hpts_client import AsyncClient, Client, NoAnswer, Refused, Unavailable, UnexpectedAnswer, api
from tests.unit.hpts_client.support import LOAN_ID, Server, chosen, fee_call, page_of_proxy, posted, problem

LOST = httpx.ReadError("reset")


def entry(number: int) -> dict[str, Any]:
    identifier = f"019ac2a5-6d4b-7c3e-8f21-{number:012d}"
    return {
        "journal_entry_id": identifier,
        "event_type": "accrual",
        "effective_at": "2026-11-22",
        "posted_at": "2026-11-22T21:40:15Z",
        "lines": [],
    }


PAGES = [
    httpx.Response(200, json={"items": [entry(1), entry(2)], "next_page_token": "two"}),
    httpx.Response(200, json={"items": [], "next_page_token": "three"}),
    httpx.Response(200, json={"items": [entry(3)]}),
]


def test_a_request_says_what_its_call_does() -> None:
    server = Server(posted())
    server.client().send(fee_call("fee:loan-42:1"))
    (request,) = server.requests
    assert (request.method, str(request.url)) == ("POST", f"http://hpts.test/v1/loans/{LOAN_ID}/fees")
    assert request.headers["Idempotency-Key"] == "fee:loan-42:1"
    assert request.headers["Authorization"] == "Bearer token"
    assert request.headers["User-Agent"].startswith("hpts-client/1.")
    assert request.headers["Content-Type"] == "application/json"


def test_every_attempt_is_the_same_request_with_the_same_key() -> None:
    server = Server(LOST, problem(503, "overloaded", "1"), problem(409, "idempotency_in_progress"), page_of_proxy(502), posted())
    answer = server.client().answer(fee_call())
    assert answer.status_code == 201
    assert len(server.requests) == 5
    assert len({(each.headers["Idempotency-Key"], each.content, str(each.url)) for each in server.requests}) == 1
    assert server.slept == [0.25, 1.5, 1.0, 2.0]


def test_the_token_is_asked_for_before_each_attempt() -> None:
    tokens = iter(["one", "two"])
    server = Server(LOST, posted())
    server.client(lambda: next(tokens)).send(fee_call())
    assert [each.headers["Authorization"] for each in server.requests] == ["Bearer one", "Bearer two"]


def test_a_refusal_is_raised_at_once() -> None:
    server = Server(problem(422, "loan_not_found", "1"), posted())
    with pytest.raises(Refused):
        server.client().send(fee_call())
    assert (len(server.requests), server.slept) == (1, [])


@pytest.mark.parametrize(
    ("outcome", "raised"),
    [(LOST, NoAnswer), (problem(503, "unavailable"), Unavailable), (page_of_proxy(503), UnexpectedAnswer)],
    ids=["connection", "problem", "page"],
)
def test_after_the_last_attempt_the_outcome_is_raised_and_the_call_can_be_sent_again(
    outcome: httpx.Response | httpx.TransportError, raised: type[Exception]
) -> None:
    server, call = Server(outcome), fee_call()
    client = server.client(attempts_max=3)
    with pytest.raises(raised):
        client.send(call)
    assert len(server.requests) == 3
    server.outcomes = [posted(200)]
    client.send(call)
    assert {each.headers["Idempotency-Key"] for each in server.requests} == {call.idempotency_key}


def test_a_lost_connection_names_the_request_and_keeps_its_cause() -> None:
    with pytest.raises(NoAnswer, match=r"POST /loans/.*: reset") as told:
        Server(LOST).client().send(fee_call())
    assert told.value.__cause__ is LOST


def test_a_redirect_is_not_followed() -> None:
    server = Server(httpx.Response(307, headers={"Location": "http://elsewhere.test/"}))
    with pytest.raises(UnexpectedAnswer):
        server.client().send(fee_call())
    assert len(server.requests) == 1


def test_pages_are_asked_for_when_their_first_item_is() -> None:
    server = Server(*PAGES)
    entries = server.client().each(api.list_loan_journal_entries(LOAN_ID, page_size=2))
    assert server.requests == []
    assert [str(next(entries).journal_entry_id)[-1] for _ in range(2)] == ["1", "2"]
    assert len(server.requests) == 1
    assert [str(each.journal_entry_id)[-1] for each in entries] == ["3"]
    assert [each.url.params.get("page_token") for each in server.requests] == [None, "two", "three"]
    assert {each.url.params["page_size"] for each in server.requests} == {"2"}


def test_a_client_closes_its_own_connections_and_no_others() -> None:
    http = Server(posted()).http()
    with Client("http://hpts.test/v1", "token", http=http):
        pass
    assert not http.is_closed
    with Client("http://hpts.test/v1", "token") as client:
        assert not client.http.is_closed
    assert client.http.is_closed


def test_the_asynchronous_client_does_the_same() -> None:
    server = Server(LOST, problem(503, "overloaded", "1"), posted(), *PAGES)

    async def sleep(seconds: float) -> None:
        server.slept.append(seconds)

    async def run() -> list[str]:
        http = httpx.AsyncClient(transport=httpx.MockTransport(server))
        async with http, AsyncClient("http://hpts.test/v1", "token", retries=chosen(), http=http, sleep=sleep) as client:
            assert (await client.answer(fee_call())).status_code == 201
            paged = api.list_loan_journal_entries(LOAN_ID)
            return [str(each.journal_entry_id)[-1] async for each in client.each(paged)]

    assert asyncio.run(run()) == ["1", "2", "3"]
    assert server.slept == [0.25, 1.5]
    assert len({each.headers["Idempotency-Key"] for each in server.requests[:3]}) == 1


def test_the_asynchronous_client_raises_what_the_other_raises_and_closes_its_connections() -> None:
    async def run() -> None:
        async with AsyncClient("http://127.0.0.1:1/v1", "token", retries=chosen(attempts_max=1)) as client:
            with pytest.raises(NoAnswer):
                await client.send(fee_call())
        assert client.http.is_closed

    asyncio.run(run())
