"""Connexion as the host of our operations: by its public extension points it asks for each of them once, at start."""

from dataclasses import dataclass
from typing import Any

from connexion.middleware.abstract import RoutedAPI, RoutedMiddleware
from connexion.middleware.main import ConnexionMiddleware

from app.auth.authenticator import Authenticator
from app.contract.document import Contract
from app.edge.asgi_types import ASGIApp
from app.edge.operation import Operation, ServicesSlot
from app.edge.rate_limit import RateLimiter
from app.edge.response_check import ResponseCheck


@dataclass(frozen=True, slots=True)
class OperationMaker:
    """Compiles an operation of Connexion's, whose function is the handler, by its description in the contract."""

    contract: Contract
    authenticator: Authenticator
    slot: ServicesSlot
    response_check: ResponseCheck
    limiter: RateLimiter | None = None

    def make(self, operation: Any) -> Operation:
        described = self.contract.operations[operation.operation_id]
        return Operation(described, operation.function, self.authenticator, self.slot, self.response_check, self.limiter)


class OperationsApi(RoutedAPI[Operation]):
    def __init__(self, specification: Any, *, maker: OperationMaker, **options: Any) -> None:
        super().__init__(specification, **options)
        self.maker = maker
        self.add_paths()

    def make_operation(self, operation: Any) -> Operation:
        return self.maker.make(operation)


class Operations(RoutedMiddleware[OperationsApi]):
    """Calls the operation that the router has found, or the application behind it when the path is none of the API's."""

    api_cls = OperationsApi

    def __init__(self, app: ASGIApp, maker: OperationMaker) -> None:
        super().__init__(app)
        self.maker = maker

    def add_api(self, specification: Any, **options: Any) -> OperationsApi:
        return super().add_api(specification, maker=self.maker, **options)


class ConnexionHost(ConnexionMiddleware):
    """Connexion's application, completed at start rather than by the first request."""

    def compile(self) -> None:
        self.app, self.middleware_stack = self._build_middleware_stack()
