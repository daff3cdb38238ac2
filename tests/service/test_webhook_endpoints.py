"""Webhook endpoints over HTTP: made, read, disabled, enabled, rotated, and asked for entries again; each tenant sees its own."""

from base64 import b64decode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from app import limits
from app.store.database_url import sqlite_path
from tests.service.webhook_requests import ENDPOINTS, URL, change, listed, made, make, show
from tests.support.client import LedgerClient, new_id
from tests.support.databases import ENGINES, Databases
from tests.support.problems import problem_of
from tests.support.server import RunningServer, running_server

CHANGES: Final[dict[str, dict[str, Any]]] = {
    "secret-rotations": {},
    "disable": {},
    "enable": {},
    "redeliveries": {"posted_from": "2026-01-01T00:00:00Z", "posted_to": "2126-01-01T00:00:00Z"},
}
READS: Final = ("", "/secret", "/deliveries")


@pytest.fixture(scope="module", params=ENGINES)
def server(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningServer]:
    """Without delivery, so that what an endpoint shows does not depend on when an attempt is made."""
    folder = tmp_path_factory.mktemp(f"endpoints-{request.param}")
    with databases.fresh(request.param) as url, running_server(url, folder, {"delivery": "off"}) as running:
        yield running


def pages(client: LedgerClient, path: str, **parameters: Any) -> Iterator[list[Any]]:
    token: dict[str, str] = {}
    while True:
        answer = client.get(path, **parameters, **token).json()
        yield answer["items"]
        if "next_page_token" not in answer:
            return
        token = {"page_token": answer["next_page_token"]}


def test_an_endpoint_is_answered_as_it_was_asked_for(client: LedgerClient) -> None:
    response = make(client, event_types=["reversal", "accrual"], description="zoë 日本")
    assert response.status_code == 201
    endpoint = response.json()
    assert response.headers["location"] == f"/v1{ENDPOINTS}/{endpoint['webhook_endpoint_id']}"
    assert endpoint.pop("created_at") <= datetime.now().astimezone().isoformat().replace("+00:00", "Z")
    endpoint_id = endpoint.pop("webhook_endpoint_id")
    assert endpoint == {
        "url": URL,
        "event_types": ["reversal", "accrual"],
        "description": "zoë 日本",
        "status": "enabled",
        "delivered_count": 0,
        "pending_count": 0,
    }
    plain = made(client)
    assert plain.keys() == {"webhook_endpoint_id", "url", "status", "created_at", "delivered_count", "pending_count"}
    assert show(client, endpoint_id)["event_types"] == ["reversal", "accrual"]
    assert show(client, plain["webhook_endpoint_id"]) == plain


def test_an_endpoint_from_now_on_gets_what_is_posted_after_its_answer(client: LedgerClient) -> None:
    client.open_loan()
    endpoint = made(client)
    assert endpoint["pending_count"] == 0
    entry_ids = [client.disburse().json()["journal_entry_id"] for _ in range(3)]
    assert show(client, endpoint["webhook_endpoint_id"])["pending_count"] == 3
    found = listed(client, endpoint["webhook_endpoint_id"])
    assert [each["journal_entry_id"] for each in found] == entry_ids[::-1]


def test_an_endpoint_from_the_beginning_gets_every_entry_of_its_types(client: LedgerClient) -> None:
    loan_id = client.open_loan()
    client.fee(loan_id)
    client.pay(loan_id)
    everything, fees = made(client, starts="beginning"), made(client, starts="beginning", event_types=["fee_assessed"])
    assert (everything["pending_count"], fees["pending_count"]) == (3, 1)
    client.fee(loan_id)
    assert show(client, everything["webhook_endpoint_id"])["pending_count"] == 4
    assert show(client, fees["webhook_endpoint_id"])["pending_count"] == 2
    assert {each["event_type"] for each in listed(client, fees["webhook_endpoint_id"])} == {"fee_assessed"}


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "https://user:secret@hooks.example.com/",
        "https://hooks.example.com/#part",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://[::1]/",
        "https://localhost/",
        "not a url",
        "https://",
    ],
)
def test_a_url_that_webhooks_may_not_go_to_is_refused(client: LedgerClient, url: str) -> None:
    problem = problem_of(make(client, url=url), "url_refused")
    assert problem["errors"][0]["field"] == "/url"
    assert client.get(ENDPOINTS).json() == {"items": []}


def test_a_tenant_has_so_many_endpoints_that_are_not_disabled(client: LedgerClient) -> None:
    """Also when they are asked for at the same time; a disabled one makes room, and takes it when it is enabled."""
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: make(client), range(limits.WEBHOOK_ENDPOINTS + 8)))
    assert sorted(each.status_code for each in answers) == [201] * limits.WEBHOOK_ENDPOINTS + [409] * 8
    for each in answers:
        if each.status_code == 409:
            problem_of(each, "too_many_endpoints")
    first = next(each for each in answers if each.status_code == 201).json()["webhook_endpoint_id"]
    assert change(client, first, "disable").json()["status"] == "disabled"
    assert make(client).status_code == 201
    problem_of(change(client, first, "enable"), "too_many_endpoints")
    assert show(client, first)["status"] == "disabled"


def test_of_two_that_enable_at_once_one_takes_the_last_place(client: LedgerClient) -> None:
    ids = [made(client)["webhook_endpoint_id"] for _ in range(limits.WEBHOOK_ENDPOINTS)]
    for endpoint_id in ids[:2]:
        change(client, endpoint_id, "disable")
    assert make(client).status_code == 201
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda endpoint_id: change(client, endpoint_id, "enable").status_code, ids[:2]))
    assert sorted(answers) == [201, 409]


def test_a_disabled_endpoint_goes_on_counting_and_is_enabled_where_it_stopped(client: LedgerClient) -> None:
    endpoint_id = made(client)["webhook_endpoint_id"]
    client.open_loan()
    disabled = change(client, endpoint_id, "disable")
    assert disabled.status_code == 201
    assert disabled.headers["location"] == f"/v1{ENDPOINTS}/{endpoint_id}"
    client.open_loan()
    assert (show(client, endpoint_id)["status"], show(client, endpoint_id)["pending_count"]) == ("disabled", 2)
    again = change(client, endpoint_id, "disable")
    assert (again.status_code, again.json()["status"]) == (201, "disabled")
    enabled = change(client, endpoint_id, "enable")
    assert (enabled.status_code, enabled.json()["status"], enabled.json()["pending_count"]) == (201, "enabled", 2)


def secret_of(client: LedgerClient, endpoint_id: str) -> dict[str, str]:
    response = client.get(f"{ENDPOINTS}/{endpoint_id}/secret")
    assert response.headers["cache-control"] == "no-store"
    return dict(response.json())


def test_a_rotation_keeps_the_secret_before_it_for_the_hours_asked_for(client: LedgerClient) -> None:
    endpoint_id = made(client)["webhook_endpoint_id"]
    first = secret_of(client, endpoint_id)
    assert first.keys() == {"secret"}
    assert len(b64decode(first["secret"].removeprefix("whsec_"), validate=True)) == 32
    rotated = change(client, endpoint_id, "secret-rotations", "rotation:1")
    assert rotated.status_code == 201
    assert rotated.json().keys() == {"webhook_endpoint_id", "previous_secret_expires_at"}
    expires_at = datetime.fromisoformat(rotated.json()["previous_secret_expires_at"])
    assert abs(expires_at - datetime.now().astimezone() - timedelta(hours=24)) < timedelta(minutes=10)
    second = secret_of(client, endpoint_id)
    assert (second["previous_secret"], second["secret"] != first["secret"]) == (first["secret"], True)
    assert second["previous_secret_expires_at"] == rotated.json()["previous_secret_expires_at"]
    replayed = change(client, endpoint_id, "secret-rotations", "rotation:1")
    assert (replayed.status_code, replayed.content, secret_of(client, endpoint_id)) == (200, rotated.content, second)
    change(client, endpoint_id, "secret-rotations", previous_valid_hours=168)
    assert secret_of(client, endpoint_id)["previous_secret"] == second["secret"]
    gone = change(client, endpoint_id, "secret-rotations", previous_valid_hours=0)
    assert gone.json() == {"webhook_endpoint_id": endpoint_id}
    assert secret_of(client, endpoint_id).keys() == {"secret"}


def test_secrets_are_not_stored_in_plain(client: LedgerClient, server: RunningServer) -> None:
    secret = b64decode(secret_of(client, made(client)["webhook_endpoint_id"])["secret"].removeprefix("whsec_"))
    if server.database_url.startswith("sqlite"):
        path = sqlite_path(server.database_url)
        assert all(secret not in file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


def test_an_entry_from_before_the_start_is_sent_when_it_is_asked_for(client: LedgerClient) -> None:
    entry_id = client.disburse().json()["journal_entry_id"]
    endpoint_id = made(client)["webhook_endpoint_id"]
    assert listed(client, endpoint_id, journal_entry_id=entry_id) == []
    asked = change(client, endpoint_id, "redeliveries", "again:000001", journal_entry_id=entry_id)
    assert (asked.status_code, asked.json()["entry_count"]) == (201, 1)
    assert asked.headers["location"] == f"/v1{ENDPOINTS}/{endpoint_id}"
    [delivery] = listed(client, endpoint_id, journal_entry_id=entry_id)
    assert (delivery["status"], delivery["event_type"]) == ("pending", "disbursement")
    assert show(client, endpoint_id)["pending_count"] == 1
    assert change(client, endpoint_id, "redeliveries", "again:000001", journal_entry_id=entry_id).content == asked.content
    assert change(client, endpoint_id, "redeliveries", journal_entry_id=entry_id.upper()).json()["entry_count"] == 1
    assert show(client, endpoint_id)["pending_count"] == 1


def test_a_redelivery_of_a_time_takes_both_its_ends_and_the_endpoint_s_event_types(client: LedgerClient) -> None:
    loan_id = client.open_loan()
    fees = [client.fee(loan_id).json() for _ in range(4)]
    endpoint_id = made(client, event_types=["fee_assessed"])["webhook_endpoint_id"]
    moments = [fee["posted_at"] for fee in fees]
    asked = change(client, endpoint_id, "redeliveries", posted_from=moments[1], posted_to=moments[2])
    assert asked.json()["entry_count"] == 2
    assert {each["journal_entry_id"] for each in listed(client, endpoint_id)} == {each["journal_entry_id"] for each in fees[1:3]}
    everything = {"posted_from": "2020-01-01T00:00:00+02:00", "posted_to": "9999-12-31T23:59:59.999999999Z"}
    assert change(client, endpoint_id, "redeliveries", **everything).json()["entry_count"] == 4
    nothing = {"posted_from": "0001-01-01T00:00:00+23:59", "posted_to": "1969-12-31T23:59:59Z"}
    assert change(client, endpoint_id, "redeliveries", **nothing).json()["entry_count"] == 0
    opened = client.get(f"/loans/{loan_id}/journal-entries").json()["items"][-1]["journal_entry_id"]
    assert change(client, endpoint_id, "redeliveries", journal_entry_id=opened).json()["entry_count"] == 0
    assert show(client, endpoint_id)["pending_count"] == 4


def test_a_redelivery_of_what_cannot_be_is_refused(client: LedgerClient) -> None:
    endpoint_id = made(client)["webhook_endpoint_id"]
    problem = problem_of(change(client, endpoint_id, "redeliveries", journal_entry_id=new_id()), "entry_not_found")
    assert problem["errors"][0]["field"] == "/journal_entry_id"
    early, late = "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"
    for fields in (
        {},
        {"posted_from": early},
        {"posted_to": late},
        {"posted_from": late, "posted_to": early},
        {"journal_entry_id": new_id(), "posted_from": early, "posted_to": late},
        {"journal_entry_id": new_id(), "posted_to": late},
    ):
        problem_of(change(client, endpoint_id, "redeliveries", **fields), "validation_failed")


def test_lists_come_in_pages(client: LedgerClient) -> None:
    ids = [made(client)["webhook_endpoint_id"] for _ in range(5)]
    found = list(pages(client, ENDPOINTS, page_size=2))
    assert [len(page) for page in found] == [2, 2, 1]
    assert [each["webhook_endpoint_id"] for page in found for each in page] == ids[::-1]
    entry_ids = [client.disburse().json()["journal_entry_id"] for _ in range(7)]
    path = f"{ENDPOINTS}/{ids[0]}/deliveries"
    for filters in ({}, {"status": "pending"}):
        found = list(pages(client, path, page_size=3, **filters))
        assert [each["journal_entry_id"] for page in found for each in page] == entry_ids[::-1]
    assert list(pages(client, path, status="failed")) == [[]]
    token = client.get(path, page_size=3).json()["next_page_token"]
    problem_of(client.get(f"{ENDPOINTS}/{ids[1]}/deliveries", page_token=token), "invalid_page_token")
    problem_of(client.get(path, page_token=token, status="pending"), "invalid_page_token")
    problem_of(client.get(ENDPOINTS, page_token=token), "invalid_page_token")


def test_an_endpoint_of_another_tenant_is_not_found(client: LedgerClient, server: RunningServer) -> None:
    with server.client() as owner:
        endpoint_id = made(owner)["webhook_endpoint_id"]
        entry_id = owner.disburse().json()["journal_entry_id"]
        mine = made(client)["webhook_endpoint_id"]
        for of_nobody in (endpoint_id, new_id()):
            for read in READS:
                problem_of(client.get(f"{ENDPOINTS}/{of_nobody}{read}"), "not_found")
            for what, fields in CHANGES.items():
                problem_of(change(client, of_nobody, what, **fields), "not_found")
        problem_of(change(client, mine, "redeliveries", journal_entry_id=entry_id), "entry_not_found")
        assert listed(client, mine, journal_entry_id=entry_id) == []
        assert [each["webhook_endpoint_id"] for each in client.get(ENDPOINTS).json()["items"]] == [mine]
        assert (show(owner, endpoint_id)["status"], show(owner, endpoint_id)["pending_count"]) == ("enabled", 1)


def test_keys_are_those_of_postings_too(client: LedgerClient) -> None:
    loan_id = client.open_loan()
    assert client.fee(loan_id, key="shared:key").status_code == 201
    problem_of(make(client, "shared:key"), "idempotency_mismatch")
    first = make(client, "endpoint:key")
    problem_of(client.fee(loan_id, key="endpoint:key"), "idempotency_mismatch")
    problem_of(make(client, "endpoint:key", description="another"), "idempotency_mismatch")
    endpoint_id = first.json()["webhook_endpoint_id"]
    problem_of(change(client, endpoint_id, "disable", "endpoint:key"), "idempotency_mismatch")
    again = make(client, "endpoint:key")
    assert (again.status_code, again.content, again.headers["idempotency-replayed"]) == (200, first.content, "true")
    assert len(client.get(ENDPOINTS).json()["items"]) == 1


def test_requests_with_one_key_at_once_make_one_endpoint(client: LedgerClient) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: make(client, "at:once:1"), range(8)))
    assert {each.status_code for each in answers} <= {200, 201, 409}
    assert len({each.content for each in answers if each.status_code != 409}) == 1
    assert len(client.get(ENDPOINTS).json()["items"]) == 1
