"""docs/webhooks.md is true: its receiver verifies what is sent, and its errors and pauses are those of the code."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from standardwebhooks import Webhook

from app.webhooks.delivery_store import DeliveryError
from app.webhooks.retry_schedule import GIVEN_UP_AFTER, RETRY_SECONDS

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"journal_entry_id":"019ac2a5-6d4b-7c3e-8f21-5b0c9d7e1a34"}'


@pytest.fixture
def page(repository: Path) -> str:
    return (repository / "docs" / "webhooks.md").read_text()


@pytest.fixture
def is_genuine(page: str) -> Callable[..., bool]:
    program = page.partition("```python\n")[2].partition("```")[0]
    names: dict[str, Any] = {}
    exec(program, names)
    verify: Callable[..., bool] = names["is_genuine"]
    return verify


def headers(sent_at: datetime) -> dict[str, str]:
    signature = Webhook(SECRET).sign("entry", sent_at, BODY.decode())
    stamp = str(int(sent_at.timestamp()))
    return {"webhook-id": "entry", "webhook-timestamp": stamp, "webhook-signature": f"v1,other {signature}"}


def test_the_receiver_verifies_what_is_signed_and_nothing_else(is_genuine: Callable[..., bool]) -> None:
    now = datetime.now(UTC)
    assert is_genuine(SECRET, headers(now), BODY)
    assert not is_genuine(SECRET, headers(now), BODY + b" ")
    assert not is_genuine(SECRET, headers(now - timedelta(hours=1)), BODY)
    assert not is_genuine("whsec_AAAA", headers(now), BODY)


def test_it_names_every_error(page: str) -> None:
    table = page.partition("| error | what happened |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(get_args(DeliveryError))


def test_it_names_the_pauses(page: str) -> None:
    assert tuple(RETRY_SECONDS) == (5, 30, 300, 1800, *(hours * 3600 for hours in (2, 5, 10, 14, 20, 24)))
    assert timedelta(days=5) == GIVEN_UP_AFTER
    assert "5 seconds, 30 seconds, 5 minutes, 30 minutes, 2, 5, 10, 14, 20 and 24 hours" in page
    assert "for five days" in page
