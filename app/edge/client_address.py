"""The address that a request came from."""

from app.edge.asgi_types import Scope
from app.edge.request import SCOPE_KEY


def client_address(scope: Scope) -> str:
    """The one that a trusted proxy names, else that of the connection's other end; empty where the server does not know it."""
    request = scope.get(SCOPE_KEY)
    if request is not None and request.client.address:
        return str(request.client.address)
    client = scope.get("client")
    return client[0] if client else ""
