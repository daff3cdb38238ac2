"""Webhooks from the real service: every posting arrives as the contract says, beside the server and from `hpts deliver`."""

import signal
import time
from pathlib import Path
from typing import Final

from standardwebhooks import Webhook

from app.contract.document import load
from app.contract.openapi_core_validator import OpenApiCoreValidator
from app.health import VERSION
from tests.support import bodies
from tests.support.recording_receiver import OK, hang, recording_receiver, status
from tests.support.waiting import HANG_SECONDS, wait_until
from tests.support.webhook_server import delivering_server, endpoint_of, hpts_deliver, new_endpoint

TRACE_ID: Final = "4bf92f3577b34da6a3ce929d0e0e4736"


def test_every_entry_arrives_as_the_contract_says(database_url: str, tmp_path: Path) -> None:
    validator = OpenApiCoreValidator(load().document)
    with (
        recording_receiver() as receiver,
        delivering_server(database_url, tmp_path, receiver) as server,
        server.client() as client,
    ):
        endpoint_id = new_endpoint(client, receiver)
        loan_id = client.open_loan()
        client.post("/payments", bodies.payment(client, loan_id), headers={"traceparent": f"00-{TRACE_ID}-00f067aa0ba902b7-01"})
        client.fee(loan_id)
        client.accrue({loan_id: (911_651, 100)})
        client.reverse(client.pay(loan_id).json()["journal_entry_id"])
        page = client.get(f"/loans/{loan_id}/journal-entries").json()["items"]
        posted = {entry["journal_entry_id"]: entry for entry in page}
        wait_until(lambda: endpoint_of(client, endpoint_id)["delivered_count"] == len(posted))
        secret = client.get(f"/webhook-endpoints/{endpoint_id}/secret").json()["secret"]
        tenant_id = client.tenant_id
    assert len(posted) >= 5
    assert receiver.entry_ids == sorted(posted)
    assert TRACE_ID in {received.headers["traceparent"].split("-")[1] for received in receiver.received}
    for received in receiver.received:
        entry = posted[received.entry_id]
        assert received.json == {
            "journal_entry_id": entry["journal_entry_id"],
            "tenant_id": tenant_id,
            "event_type": entry["event_type"],
            "occurred_at": entry["posted_at"],
            "correlation_id": entry["correlation_id"],
        }
        assert received.headers["traceparent"].split("-")[1] == entry["correlation_id"].replace("-", "")
        assert received.headers["user-agent"] == f"HPTS/{VERSION}"
        Webhook(secret).verify(received.body, received.headers)
        headers = [(name.encode(), value.encode()) for name, value in received.headers.items()]
        assert validator.check_webhook("journalEntryPosted", received.body, headers) is None


def test_failures_disabling_and_redelivery(database_url: str, tmp_path: Path) -> None:
    with (
        recording_receiver(status(503)) as receiver,
        delivering_server(database_url, tmp_path, receiver) as server,
        server.client() as client,
    ):
        endpoint_id = new_endpoint(client, receiver)
        client.open_loan()
        wait_until(lambda: endpoint_of(client, endpoint_id)["status"] == "failing")
        receiver.answer = OK
        wait_until(lambda: endpoint_of(client, endpoint_id)["status"] == "enabled")
        first, again = receiver.received
        assert first.body == again.body
        receiver.answer = status(410)
        client.open_loan()
        wait_until(lambda: endpoint_of(client, endpoint_id)["status"] == "disabled")
        receiver.answer = OK
        client.open_loan()
        time.sleep(1)
        assert len(receiver.received) == 3
        assert endpoint_of(client, endpoint_id)["pending_count"] == 2
        assert endpoint_of(client, endpoint_id)["last_failure"]["response_status"] == 410
        client.post(f"/webhook-endpoints/{endpoint_id}/enable", {})
        wait_until(lambda: endpoint_of(client, endpoint_id)["delivered_count"] == 3)
        asked = client.post(f"/webhook-endpoints/{endpoint_id}/redeliveries", {"journal_entry_id": first.entry_id})
        assert asked.json()["entry_count"] == 1
        wait_until(lambda: receiver.entry_ids.count(first.entry_id) == 3)
        wait_until(lambda: endpoint_of(client, endpoint_id)["pending_count"] == 0)
        assert endpoint_of(client, endpoint_id)["delivered_count"] == 3
        items = client.get(f"/webhook-endpoints/{endpoint_id}/deliveries").json()["items"]
        assert [item["attempt_count"] for item in items] == [1, 2, 3]


def test_hpts_deliver_beside_the_server_ends_well_at_sigterm(database_url: str, tmp_path: Path) -> None:
    with (
        recording_receiver() as receiver,
        delivering_server(database_url, tmp_path, receiver, delivery="off") as server,
        server.client() as client,
    ):
        endpoint_id = new_endpoint(client, receiver)
        client.open_loan()
        with hpts_deliver(server) as process:
            wait_until(lambda: len(receiver.received) == 1)
            client.open_loan()
            wait_until(lambda: len(receiver.received) == 2)
            process.send_signal(signal.SIGTERM)
            assert process.wait(HANG_SECONDS) == 0
        assert endpoint_of(client, endpoint_id)["delivered_count"] == 2
        client.open_loan()
        assert endpoint_of(client, endpoint_id)["pending_count"] == 1


def test_another_process_takes_over_after_a_crash(database_url: str, tmp_path: Path) -> None:
    with (
        recording_receiver() as receiver,
        delivering_server(database_url, tmp_path, receiver, delivery="off") as server,
        server.client() as client,
        hpts_deliver(server) as one,
    ):
        new_endpoint(client, receiver)
        client.open_loan()
        wait_until(lambda: len(receiver.received) == 1)
        with hpts_deliver(server):
            one.kill()
            client.open_loan()
            wait_until(lambda: len(set(receiver.entry_ids)) == 2)


def test_a_dead_endpoint_slows_neither_postings_nor_other_endpoints_and_tenants(database_url: str, tmp_path: Path) -> None:
    with (
        recording_receiver(hang) as hanging,
        recording_receiver() as receiver,
        delivering_server(database_url, tmp_path, hanging, receiver) as server,
        server.client() as client,
        server.client() as other,
    ):
        new_endpoint(client, hanging)
        new_endpoint(client, receiver)
        new_endpoint(other, receiver)
        for _ in range(30):
            client.open_loan()
            other.open_loan()
        wait_until(lambda: len(set(receiver.entry_ids)) == 60)
        assert hanging.received
