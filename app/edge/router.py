"""Finds the operation of a path: a tree of segments instead of one regular expression after another.

It is built from the paths Connexion hands every middleware, and writes what Connexion's own router writes into the scope.
"""

from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote

from connexion.middleware.abstract import ROUTING_CONTEXT, SpecMiddleware

from app.edge.asgi_types import ASGIApp, Receive, Scope, Send
from app.edge.refusals import MethodNotAllowed, PathUnknown
from app.edge.request import request_of

METHODS: Final = frozenset(("get", "put", "post", "delete", "options", "head", "patch", "trace"))


@dataclass(frozen=True, slots=True)
class Route:
    """One operation: `template` is its whole path with the names of its parameters still in it."""

    operation_id: str
    template: str
    parameter_names: tuple[str, ...]
    routing: dict[str, str]


@dataclass(slots=True)
class Node:
    """What may follow a beginning of segments: fixed ones, any one, or the end."""

    fixed: dict[str, "Node"] = field(default_factory=dict)
    any: "Node | None" = None
    routes: dict[str, Route] = field(default_factory=dict)

    def child(self, segment: str) -> "Node":
        if not segment.startswith("{"):
            return self.fixed.setdefault(segment, Node())
        self.any = self.any or Node()
        return self.any

    def find(self, segments: list[str], position: int, values: list[str]) -> "Node | None":
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

    `whole` has the paths without parameters, found without a walk.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.root = Node()
        self.whole: dict[str, Node] = {}
        self.base_path = ""

    def add_api(self, specification: Any, **options: Any) -> None:
        self.base_path = options["base_path"]
        for path, item in specification["paths"].items():
            for method in METHODS & item.keys():
                self._add(method.upper(), f"{self.base_path}{path}", item[method]["operationId"])

    def _add(self, method: str, template: str, operation_id: str) -> None:
        segments = template.split("/")
        node = self.root
        for segment in segments:
            node = node.child(segment)
        names = tuple(segment[1:-1] for segment in segments if segment.startswith("{"))
        if not names:
            self.whole[template] = node
        routing = {"api_base_path": self.base_path, "operation_id": operation_id}
        node.routes[method] = Route(operation_id, template, names, routing)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self._route(scope)
        await self.app(scope, receive, send)

    def _route(self, scope: Scope) -> None:
        values: list[str] = []
        node = self.whole.get(scope["path"]) or self.root.find(_segments(scope), 0, values)
        if node is None:
            if f"{scope['path']}/".startswith(f"{self.base_path}/"):
                raise PathUnknown
            scope["extensions"] = {**(scope.get("extensions") or {}), ROUTING_CONTEXT: {}}
            return
        route = node.routes.get(scope["method"])
        if route is None:
            raise MethodNotAllowed(scope["method"][:20], ", ".join(sorted(node.routes)))
        request = request_of(scope)
        request.route = route.template
        request.operation_id = route.operation_id
        scope["extensions"] = {**(scope.get("extensions") or {}), ROUTING_CONTEXT: route.routing}
        scope["path_params"] = dict(zip(route.parameter_names, values, strict=True))


def _segments(scope: Scope) -> list[str]:
    """Split first, decoded afterwards, so that an encoded slash stays within its segment."""
    raw_path: bytes = scope.get("raw_path") or b""
    if b"%" in raw_path:
        return [unquote(segment) for segment in raw_path.decode("latin-1").split("/")]
    path: str = scope["path"]
    return path.split("/")
