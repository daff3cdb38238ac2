"""Webhook endpoints: where a tenant's postings are told, with what was delivered to each."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from app import clock, limits
from app.edge.call import Answer, Call, location_of
from app.services import Services
from app.store.queries.webhook_deliveries import DeliveryView
from app.store.queries.webhook_endpoints import EndpointView, LastFailure
from app.webhooks.administration import NewEndpoint, Redelivery
from app.webhooks.idempotent import AdminRequest, AdminResult
from handlers.answers import without_absent
from handlers.events import REPLAYED


async def create_webhook_endpoint(call: Call, services: Services) -> Answer:
    result = await services.webhooks.create(_request_of(call), NewEndpoint(**call.body), _endpoint_members)
    return _answer_of(result, orjson.loads(result.body)["webhook_endpoint_id"])


async def list_webhook_endpoints(call: Call, services: Services) -> Answer:
    asked = call.parameters
    page = await services.webhooks.list_endpoints(call.tenant_id, asked["page_size"], asked.get("page_token"))
    items = [_endpoint_members(endpoint) for endpoint in page.items]
    return Answer(200, without_absent({"items": items, "next_page_token": page.next_page_token}))


async def get_webhook_endpoint(call: Call, services: Services) -> Answer:
    endpoint = await services.webhooks.endpoint(call.tenant_id, call.parameters["webhook_endpoint_id"])
    return Answer(200, _endpoint_members(endpoint))


async def get_webhook_endpoint_secret(call: Call, services: Services) -> Answer:
    found = await services.webhooks.secrets(call.tenant_id, call.parameters["webhook_endpoint_id"])
    members = {
        "secret": _secret_text(found.secret),
        "previous_secret": found.previous_secret and _secret_text(found.previous_secret),
        "previous_secret_expires_at": _timestamp(found.previous_secret_expires_at),
    }
    return Answer(200, without_absent(members))


async def rotate_webhook_endpoint_secret(call: Call, services: Services) -> Answer:
    endpoint_id = call.parameters["webhook_endpoint_id"]

    def shown(expires_at: datetime | None) -> Mapping[str, Any]:
        return without_absent({"webhook_endpoint_id": endpoint_id, "previous_secret_expires_at": _timestamp(expires_at)})

    hours = call.body.get("previous_valid_hours", limits.PREVIOUS_SECRET_HOURS_DEFAULT)
    return _answer_of(await services.webhooks.rotate_secret(_request_of(call), endpoint_id, hours, shown), endpoint_id)


async def disable_webhook_endpoint(call: Call, services: Services) -> Answer:
    endpoint_id = call.parameters["webhook_endpoint_id"]
    return _answer_of(await services.webhooks.disable(_request_of(call), endpoint_id, _endpoint_members), endpoint_id)


async def enable_webhook_endpoint(call: Call, services: Services) -> Answer:
    endpoint_id = call.parameters["webhook_endpoint_id"]
    return _answer_of(await services.webhooks.enable(_request_of(call), endpoint_id, _endpoint_members), endpoint_id)


async def redeliver_journal_entries(call: Call, services: Services) -> Answer:
    endpoint_id, asked = call.parameters["webhook_endpoint_id"], Redelivery(**call.body)
    asked.require_one_form()
    result = await services.webhooks.redeliver(_request_of(call), endpoint_id, asked, _redelivery_members)
    return _answer_of(result, endpoint_id)


async def list_webhook_deliveries(call: Call, services: Services) -> Answer:
    asked = call.parameters
    page = await services.webhooks.deliveries(
        call.tenant_id,
        asked["webhook_endpoint_id"],
        asked.get("status"),
        asked.get("journal_entry_id"),
        asked["page_size"],
        asked.get("page_token"),
    )
    items = [_delivery_members(delivery) for delivery in page.items]
    return Answer(200, without_absent({"items": items, "next_page_token": page.next_page_token}))


def _request_of(call: Call) -> AdminRequest:
    return AdminRequest(call.tenant_id, call.idempotency_key, call.request_hash)


def _answer_of(result: AdminResult, endpoint_id: str) -> Answer:
    if result.replayed:
        return Answer(200, result.body, REPLAYED)
    return Answer(201, result.body, location_of(f"/webhook-endpoints/{endpoint_id}"))


def _endpoint_members(endpoint: EndpointView) -> dict[str, Any]:
    return without_absent(
        {
            "webhook_endpoint_id": endpoint.webhook_endpoint_id,
            "url": endpoint.url,
            "event_types": endpoint.event_types,
            "description": endpoint.description,
            "status": "failing" if endpoint.is_failing else endpoint.status,
            "created_at": clock.timestamp(endpoint.created_at),
            "delivered_count": endpoint.delivered_entries,
            "pending_count": endpoint.pending_entries + endpoint.waiting_entries,
            "last_success_at": _timestamp(endpoint.last_success_at),
            "last_failure": endpoint.last_failure and _failure_members(endpoint.last_failure),
        }
    )


def _failure_members(failure: LastFailure) -> dict[str, Any]:
    return without_absent(
        {
            "at": clock.timestamp(failure.at),
            "journal_entry_id": failure.journal_entry_id,
            "response_status": failure.response_status,
            "error": failure.error,
        }
    )


def _delivery_members(delivery: DeliveryView) -> dict[str, Any]:
    return without_absent(
        {
            "journal_entry_id": delivery.journal_entry_id,
            "event_type": delivery.event_type,
            "status": delivery.status,
            "attempt_count": delivery.attempt_count,
            "first_attempt_at": _timestamp(delivery.first_attempt_at),
            "last_attempt_at": _timestamp(delivery.last_attempt_at),
            "next_attempt_at": _timestamp(delivery.next_attempt_at),
            "response_status": delivery.response_status,
            "error": delivery.error,
        }
    )


def _redelivery_members(redelivery_id: str, entry_count: int) -> dict[str, Any]:
    return {"redelivery_id": redelivery_id, "entry_count": entry_count}


def _secret_text(secret: bytes) -> str:
    return f"whsec_{b64encode(secret).decode()}"


def _timestamp(moment: datetime | None) -> str | None:
    return None if moment is None else clock.timestamp(moment)
