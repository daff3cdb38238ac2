"""Puts the edge together: the way of a request, outermost first."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from connexion.middleware.main import ConnexionMiddleware

from app.contract.document import Contract
from app.contract.routing_view import BASE_PATH
from app.edge.asgi_types import ASGIApp
from app.edge.auth import Authenticator
from app.edge.body_guard import BodyGuard
from app.edge.lifespan import Lifespan
from app.edge.operation import LedgerSlot
from app.edge.operations import OperationMaker, Operations
from app.edge.problems import Problems
from app.edge.resolver import HandlerResolver
from app.edge.response_check import ResponseCheck
from app.edge.router import Router
from app.edge.trace import Trace


async def nothing() -> None:
    """A start or stop that takes no step."""


def build(
    contract: Contract,
    authenticator: Authenticator,
    ledger_slot: LedgerSlot,
    fallback: ASGIApp,
    response_check: ResponseCheck,
    *,
    handlers: str = "handlers",
    startup: Callable[[], Awaitable[None]] = nothing,
    shutdown: Callable[[], Awaitable[None]] = nothing,
) -> ASGIApp:
    """The whole application. Paths outside /v1 go to `fallback`; `handlers` is the package that answers the others.

    Every operation is compiled before this returns; raises HandlerMissing.
    """
    maker = OperationMaker(contract, authenticator, ledger_slot, response_check)
    middlewares: list[Any] = [Router, partial(Operations, maker=maker)]
    host = Host(fallback, middlewares=middlewares)
    host.add_api(contract.routing_view(), base_path=BASE_PATH, resolver=HandlerResolver(contract.operations, handlers))
    host.compile()
    app: ASGIApp = BodyGuard(host)
    app = Problems(app, contract, response_check)
    return Lifespan(Trace(app), startup, shutdown)


class Host(ConnexionMiddleware):
    """Connexion's application, made whole at start rather than by the first request."""

    def compile(self) -> None:
        self.app, self.middleware_stack = self._build_middleware_stack()
