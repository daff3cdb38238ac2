"""Builds the application: the middlewares that a request passes, outermost first."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from app.auth.authenticator import Authenticator
from app.contract.document import Contract
from app.contract.routing_view import BASE_PATH
from app.edge.admission import Admission
from app.edge.asgi_types import ASGIApp
from app.edge.connexion_host import ConnexionHost, OperationMaker, Operations
from app.edge.handler_resolver import HandlerResolver
from app.edge.lifespan import Lifespan
from app.edge.operation import ServicesSlot
from app.edge.problems import Problems
from app.edge.rate_limit import RateLimiter
from app.edge.request_spans import RequestSpans
from app.edge.response_check import ResponseCheck
from app.edge.router import Router
from app.edge.trace import Observer, Trace, with_trace
from app.observability.spans import Spans


async def no_step() -> None:
    """For an application that has nothing to do when it starts or stops."""


def build(
    contract: Contract,
    authenticator: Authenticator,
    services_slot: ServicesSlot,
    fallback: ASGIApp,
    response_check: ResponseCheck,
    *,
    admission: Admission | None = None,
    handlers: str = "handlers",
    limiter: RateLimiter | None = None,
    observers: Sequence[Observer] = (),
    spans: Spans | None = None,
    startup: Callable[[], Awaitable[None]] = no_step,
    shutdown: Callable[[], Awaitable[None]] = no_step,
) -> ASGIApp:
    """The complete application. Paths outside /v1 go to `fallback`; `handlers` is the package that answers the others.

    `observers` are told of every request that is over, and `spans` trace it.
    Every operation is compiled before this returns; raises HandlerMissing.
    """
    maker = OperationMaker(contract, authenticator, services_slot, response_check, limiter)
    middlewares: list[Any] = [Router, partial(Operations, maker=maker)]
    host = ConnexionHost(with_trace(fallback), middlewares=middlewares)
    host.add_api(contract.routing_view(), base_path=BASE_PATH, resolver=HandlerResolver(contract.operations, handlers))
    host.compile()
    answering: ASGIApp = Problems(host, contract, response_check, admission or Admission())
    if spans is not None:
        answering = RequestSpans(answering, spans)
    return Lifespan(Trace(answering, observers), startup, shutdown)
