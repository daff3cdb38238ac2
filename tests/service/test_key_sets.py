"""The real server while its issuer rotates keys, breaks down, and is asked for keys that do not exist."""

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from werkzeug.wrappers import Request, Response

from app.dev.keys import development_key
from app.dev.tokens import mint
from app.settings import Settings, load_settings
from tests.support.databases import Databases
from tests.support.http_server import http_server
from tests.support.issuer import Issuer
from tests.support.problems import problem_of
from tests.support.server import RunningServer, running_server
from tests.support.waiting import HANG_SECONDS, wait_until

MAX_AGE_SECONDS = 12
FLOOD = 8
"""Clients that ask with unknown keys without a pause."""


@dataclass
class PublishedSet:
    """The issuer's endpoint: what it answers, and how often it was asked."""

    text: str | None = None
    asked: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, _: Request) -> Response:
        with self.lock:
            self.asked += 1
        return Response(self.text) if self.text is not None else Response(status=503)

    def publish(self, *key_sets: str) -> None:
        keys = [key for each in key_sets for key in json.loads(Path(each).read_text())["keys"]]
        self.text = json.dumps({"keys": keys})


@pytest.fixture
def published() -> PublishedSet:
    return PublishedSet()


@pytest.fixture
def server(published: PublishedSet, databases: Databases, tmp_path: Path) -> Iterator[RunningServer]:
    """It starts although its issuer is not there yet."""
    with databases.fresh("sqlite") as url, http_server(published.answer) as issuer:
        settings = {"jwks": f"{issuer}/keys", "jwks_max_age_seconds": str(MAX_AGE_SECONDS)}
        with running_server(url, tmp_path, settings) as running:
            yield running


def issuer_of(folder: Path) -> Settings:
    """A key of the development issuer in this folder."""
    settings = load_settings(jwks=str(folder / "jwks.json"))
    development_key(settings)
    return settings


def read(server: RunningServer, token: str) -> httpx.Response:
    url = f"{server.url}/v1/accounts/1100/balance"
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.get(url, params={"currency": "USD"}, headers=headers, timeout=HANG_SECONDS, trust_env=False)


def ready(server: RunningServer) -> dict[str, Any]:
    checks: dict[str, Any] = httpx.get(f"{server.url}/v1/health/ready", timeout=HANG_SECONDS, trust_env=False).json()["checks"]
    return {name: check["status"] for name, check in checks.items()}


@contextmanager
def flood(server: RunningServer, issuer: Issuer) -> Iterator[None]:
    """Requests with keys that do not exist, each another one, by many clients until the block ends."""
    ended = threading.Event()

    def ask() -> set[int]:
        statuses = set()
        while not ended.is_set():
            statuses.add(read(server, issuer.token({"kid": str(uuid4())})).status_code)
        return statuses

    with ThreadPoolExecutor(FLOOD) as clients:
        asking = [clients.submit(ask) for _ in range(FLOOD)]
        try:
            yield
        finally:
            ended.set()
        assert set().union(*(each.result() for each in asking)) <= {401, 503}


def test_the_service_starts_without_its_issuer_and_is_ready_once_it_is_there(
    server: RunningServer, published: PublishedSet, tmp_path: Path
) -> None:
    issuer = issuer_of(tmp_path / "issuer")
    assert ready(server)["key_set"] == "unavailable"
    refused = read(server, mint(issuer))
    problem_of(refused, "unavailable")
    assert int(refused.headers["retry-after"]) >= 1
    published.publish(issuer.jwks)
    wait_until(lambda: ready(server)["key_set"] == "ok")
    assert read(server, mint(issuer)).status_code == 200


def test_a_key_that_is_rotated_in_is_found_beside_a_flood_of_unknown_ones(
    server: RunningServer, published: PublishedSet, tmp_path: Path
) -> None:
    first, second = (issuer_of(tmp_path / name) for name in ("first", "second"))
    published.publish(first.jwks)
    wait_until(lambda: ready(server)["key_set"] == "ok")
    with flood(server, Issuer(first, str(uuid4()))):
        wait_until(lambda: published.asked > 2)
        asked_before, began = published.asked, time.monotonic()
        published.publish(first.jwks, second.jwks)
        wait_until(lambda: read(server, mint(second)).status_code == 200)
        assert published.asked - asked_before <= 2 + (time.monotonic() - began) / 3, "by the second reading that follows"
        assert read(server, mint(first)).status_code == 200


def test_a_broken_set_replaces_no_good_one_and_a_good_one_is_not_relied_on_for_ever(
    server: RunningServer, published: PublishedSet, tmp_path: Path
) -> None:
    issuer = issuer_of(tmp_path / "issuer")
    published.publish(issuer.jwks)
    wait_until(lambda: ready(server)["key_set"] == "ok")
    token = mint(issuer)
    assert read(server, token).status_code == 200
    published.text = '{"keys": []}'
    asked_before = published.asked
    wait_until(lambda: published.asked > asked_before)
    answer = read(server, token)
    assert answer.status_code == 200 or ready(server)["key_set"] == "unavailable"
    wait_until(lambda: ready(server)["key_set"] == "unavailable")
    problem_of(read(server, token), "unavailable")
    assert httpx.get(f"{server.url}/v1/health/live", timeout=HANG_SECONDS, trust_env=False).status_code == 200
    published.publish(issuer.jwks)
    wait_until(lambda: read(server, token).status_code == 200)
    assert ready(server)["key_set"] == "ok"
