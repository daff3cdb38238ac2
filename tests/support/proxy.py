"""Puts the Prism proxy between the clients of the tests and the server if HPTS_TEST_PROXY is set.

Prism answers an error for an answer that breaks the contract. It also refuses a request that breaks the contract; such a request
is sent once more, to the server itself, which has to refuse it too.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import unquote_to_bytes

import httpx

from app.conformance.prism import proxy
from app.contract.document import load
from app.contract.routing_view import BASE_PATH
from tests.support.client import NO_TLS
from tests.support.server import RunningServer

VARIABLE: Final = "HPTS_TEST_PROXY"
NODE_HEAD_BYTES: Final = 15_000
OF_PRISM: Final = "https://stoplight.io/prism/errors#"


@contextmanager
def perhaps_through_proxy(server: RunningServer) -> Iterator[RunningServer]:
    """The server; its clients speak to it through the proxy if HPTS_TEST_PROXY is set."""
    if not os.environ.get(VARIABLE):
        yield server
        return
    with (
        proxy(load().document, server.url + BASE_PATH) as prism,
        httpx.HTTPTransport(verify=NO_TLS, trust_env=False) as wire,
    ):
        yield replace(server, transport=ThroughProxy(httpx.URL(prism.url), wire))


@dataclass(frozen=True, slots=True)
class ThroughProxy(httpx.BaseTransport):
    """Sends each request to the proxy first."""

    proxy: httpx.URL
    wire: httpx.HTTPTransport

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        content = request.read()
        if not _is_fit_for_prism(request):
            return self.wire.handle_request(request)
        there = request.url.copy_with(host=self.proxy.host, port=self.proxy.port)
        answer = self.wire.handle_request(httpx.Request(request.method, there, headers=request.headers, content=content))
        if not _is_of_prism(answer):
            return answer
        assert answer.is_client_error, f"{request.method} {request.url}: {answer.text}"
        straight = self.wire.handle_request(request)
        assert straight.is_error, f"Prism refuses {request.method} {request.url}, the server does not: {answer.text}"
        return straight


def _is_fit_for_prism(request: httpx.Request) -> bool:
    """Prism crashes at a path that is not UTF-8, Node refuses large headers before Prism sees them, and Prism has no HEAD."""
    try:
        unquote_to_bytes(request.url.raw_path).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return request.method != "HEAD" and sum(len(name) + len(value) for name, value in request.headers.raw) < NODE_HEAD_BYTES


def _is_of_prism(answer: httpx.Response) -> bool:
    answer.read()
    if answer.headers.get("content-type") != "application/problem+json":
        return False
    return str(answer.json().get("type")).startswith(OF_PRISM)
