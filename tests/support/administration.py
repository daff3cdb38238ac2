"""Every operation that changes something and posts nothing, once: the table beside that of the postings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import uuid4

from app import limits
from tests.support.postings import Body

ENDPOINTS: Final = "/webhook-endpoints"
URL: Final = "https://hooks.example.com/hpts"


@dataclass(frozen=True, slots=True)
class AdminFacts:
    """What one request is about; a new endpoint needs none."""

    webhook_endpoint_id: str = field(default_factory=lambda: str(uuid4()))


@dataclass(frozen=True, slots=True)
class AdminOperation:
    """`body` is valid. `links` are the names of the links of its answer; `longest` has the characters that a text may have."""

    operation_id: str
    path: str
    body: Callable[[], Body]
    links: frozenset[str]
    longest: Mapping[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.operation_id

    def path_for(self, facts: AdminFacts) -> str:
        return self.path.format(webhook_endpoint_id=facts.webhook_endpoint_id)


_OF_THE_ENDPOINT: Final = frozenset({"endpoint", "secret", "deliveries"})
CREATION: Final = AdminOperation(
    "createWebhookEndpoint",
    ENDPOINTS,
    lambda: {"url": URL, "starts": "now"},
    _OF_THE_ENDPOINT,
    {"url": limits.WEBHOOK_URL_MAX, "description": limits.WEBHOOK_DESCRIPTION_MAX},
)
ROTATION: Final = AdminOperation(
    "rotateWebhookEndpointSecret",
    f"{ENDPOINTS}/{{webhook_endpoint_id}}/secret-rotations",
    dict,
    frozenset({"endpoint", "secret"}),
)
DISABLING: Final = AdminOperation(
    "disableWebhookEndpoint", f"{ENDPOINTS}/{{webhook_endpoint_id}}/disable", dict, _OF_THE_ENDPOINT
)
ENABLING: Final = AdminOperation("enableWebhookEndpoint", f"{ENDPOINTS}/{{webhook_endpoint_id}}/enable", dict, _OF_THE_ENDPOINT)
REDELIVERY: Final = AdminOperation(
    "redeliverJournalEntries",
    f"{ENDPOINTS}/{{webhook_endpoint_id}}/redeliveries",
    lambda: {"posted_from": "2026-01-01T00:00:00Z", "posted_to": "2126-01-01T00:00:00Z"},
    frozenset({"endpoint", "deliveries"}),
)
ADMINISTRATION: Final = (CREATION, ROTATION, DISABLING, ENABLING, REDELIVERY)
ADMINISTRATION_BY_ID: Final[Mapping[str, AdminOperation]] = {each.operation_id: each for each in ADMINISTRATION}
