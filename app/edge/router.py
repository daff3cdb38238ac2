"""Finds the operation of a path: a tree of segments instead of one regular expression after another.

It is built from the paths that Connexion gives every middleware, and writes into the scope what Connexion's own router writes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote

from connexion.middleware.abstract import ROUTING_CONTEXT, SpecMiddleware

from app.edge.asgi_types import ASGIApp, Receive, Scope, Send
from app.edge.refusals import MethodNotAllowed, PathUnknown
from app.edge.request import request_of

_METHODS: Final = frozenset(("get", "put", "post", "delete", "options", "head", "patch", "trace"))


@dataclass(frozen=True, slots=True)
class Route:
    """One operation: `template` is its complete path, with the names of its parameters in braces."""

    operation_id: str
    template: str
    parameter_names: tuple[str, ...]
    routing: dict[str, str]


@dataclass(slots=True)
class RouteNode:
    """What may follow after some segments: a fixed segment, a parameter, or the end of the path."""

    fixed: dict[str, "RouteNode"] = field(default_factory=dict)
    any: "RouteNode | None" = None
    routes: dict[str, Route] = field(default_factory=dict)

    def child(self, segment: str) -> "RouteNode":
        if not segment.startswith("{"):
            return self.fixed.setdefault(segment, RouteNode())
        self.any = self.any or RouteNode()
        return self.any

    def find(self, segments: list[str], position: int, values: list[str]) -> "RouteNode | None":
        """The node at the end of `segments`; a fixed segment is tried first. `values` receives those of the parameters."""
        if position == len(segments):
            return self if self.routes else None
        segment = segments[position]
        node = self.fixed.get(segment)
        found = node.find(segments, position + 1, values) if node else None
        if found is not None or self.any is None or not segment:
            return found
        values.append(segment)
        found = self.any.find(segments, position + 1, values)
        if found is None:
            values.pop()
        return found


class Router(SpecMiddleware):
    """Routes under the base path go on with an operation id; other paths go on without one, to the pages.

    `without_parameters` has the paths that have none, which are found by one look-up.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.root = RouteNode()
        self.without_parameters: dict[str, RouteNode] = {}
        self.base_path = ""

    def add_api(self, specification: Any, **options: Any) -> None:
        self.base_path = options["base_path"]
        for path, item in specification["paths"].items():
            for method in _METHODS & item.keys():
                self._add(method.upper(), f"{self.base_path}{path}", item[method]["operationId"])

    def _add(self, method: str, template: str, operation_id: str) -> None:
        segments = template.split("/")
        node = self.root
        for segment in segments:
            node = node.child(segment)
        names = tuple(segment[1:-1] for segment in segments if segment.startswith("{"))
        if not names:
            self.without_parameters[template] = node
        routing = {"api_base_path": self.base_path, "operation_id": operation_id}
        node.routes[method] = Route(operation_id, template, names, routing)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self._route(scope)
        await self.app(scope, receive, send)

    def _route(self, scope: Scope) -> None:
        values: list[str] = []
        node = self.without_parameters.get(scope["path"]) or self.root.find(_segments(scope), 0, values)
        if node is None:
            if f"{scope['path']}/".startswith(f"{self.base_path}/"):
                raise PathUnknown
            scope["extensions"] = {**(scope.get("extensions") or {}), ROUTING_CONTEXT: {}}
            return
        method = scope["method"]
        route = node.routes.get("GET" if method == "HEAD" else method)
        if route is None:
            raise MethodNotAllowed(method[:20], _allow(node.routes))
        request = request_of(scope)
        request.route = route.template
        request.operation_id = route.operation_id
        scope["extensions"] = {**(scope.get("extensions") or {}), ROUTING_CONTEXT: route.routing}
        scope["path_params"] = dict(zip(route.parameter_names, values, strict=True))


def _allow(routes: Mapping[str, Route]) -> str:
    """Every path that takes GET takes HEAD: it is answered like GET, and the server leaves the body out (RFC 9110, 9.3.2)."""
    return ", ".join(sorted({*routes, "HEAD"} if "GET" in routes else routes))


def _segments(scope: Scope) -> list[str]:
    """The path is split first and decoded afterwards, so that an encoded slash stays within its segment."""
    raw_path: bytes = scope.get("raw_path") or b""
    if b"%" in raw_path:
        return [unquote(segment) for segment in raw_path.decode("latin-1").split("/")]
    path: str = scope["path"]
    return path.split("/")
