"""Connexion loads the routing view, and finds every operation in it."""

from typing import Any

from connexion.middleware.main import ConnexionMiddleware
from connexion.resolver import Resolution, Resolver
from openapi_spec_validator import OpenAPIV30SpecValidator

from app.contract.document import Contract


class Recorder(Resolver):
    """Gives every operation a function, and remembers its id."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def resolve(self, operation: Any) -> Resolution:
        self.seen.add(operation.operation_id)
        return Resolution(answer, operation.operation_id)  # type: ignore[no-untyped-call]


async def answer() -> None:
    raise AssertionError("nothing is called")


async def application(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError("nothing is called")


def test_connexion_resolves_every_operation_of_the_view(contract: Contract) -> None:
    resolver = Recorder()
    middleware = ConnexionMiddleware(application)
    middleware.add_api(contract.routing_view(), base_path="/v1", resolver=resolver)
    middleware._build_middleware_stack()
    assert resolver.seen == set(contract.operations)


def test_the_view_is_openapi_3_0(contract: Contract) -> None:
    OpenAPIV30SpecValidator(contract.routing_view()).validate()


def test_the_view_keeps_scopes_tags_and_parameters(contract: Contract) -> None:
    view = contract.routing_view()
    for operation in contract.operations.values():
        seen = view["paths"][operation.path][operation.method.lower()]
        assert seen["tags"] == [operation.tag]
        assert seen["security"] == ([{"bearerAuth": [operation.scope]}] if operation.scope else [])
        assert [each["name"] for each in seen["parameters"]] == [each.name for each in operation.parameters]


def test_making_the_view_leaves_the_document_alone(contract: Contract) -> None:
    contract.routing_view()["paths"].clear()
    assert contract.document["openapi"] == "3.1.0"
    assert contract.document["paths"]
