"""A typed client of the HPTS API: `api` has the operations, `models` their values, `Client` sends them."""

from . import api, models
from .answer import Answer
from .call import Call, PagedCall
from .client import AsyncClient, Client
from .errors import HptsError, NoAnswer, ProblemAnswer, Refused, Unavailable, UnexpectedAnswer, WebhookRefused
from .retries import Retries
from .types import UNSET, Unset
from .webhooks import WebhookVerifier

__all__ = [
    "UNSET",
    "Answer",
    "AsyncClient",
    "Call",
    "Client",
    "HptsError",
    "NoAnswer",
    "PagedCall",
    "ProblemAnswer",
    "Refused",
    "Retries",
    "Unavailable",
    "UnexpectedAnswer",
    "Unset",
    "WebhookRefused",
    "WebhookVerifier",
    "api",
    "models",
]
