"""An operation of the document, compiled: everything the edge needs to serve it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from app import limits
from app.contract.bodies import BodyCoercion
from app.contract.parameters import Parameter, parameter_of
from app.contract.validators import BodyValidator, Checker, Schema

BODY_BYTES_KEYWORD: Final = "x-max-body-bytes"
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@dataclass(frozen=True, slots=True)
class OperationContract:
    """`path` is the template below the base path; `scope` is None where no token is asked for.

    `body_bytes` is how large a body may be; an operation that takes a batch declares it by BODY_BYTES_KEYWORD.
    `coercion` makes a typed body of a valid one. `responses` has a checker for each status and media type that the document
    declares.
    """

    operation_id: str
    method: str
    path: str
    tag: str
    scope: str | None
    request_body: BodyValidator | None
    body_bytes: int
    coercion: BodyCoercion
    parameters: tuple[Parameter, ...]
    responses: Mapping[tuple[int, str], Checker]


def operations_of(document: Schema) -> dict[str, OperationContract]:
    """Every operation by its operationId."""
    checkers: dict[str, Checker] = {}
    return {
        declared["operationId"]: _operation(document, method, path, declared, checkers)
        for path, method, declared in each_operation(document)
    }


def each_operation(document: Schema) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method in lower case and operation, in the order of the document; webhooks are not among them."""
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                yield path, method, item[method]


def follow_reference(document: Schema, value: Schema) -> Schema:
    """What a `$ref` points to within the document, or the value itself."""
    while "$ref" in value:
        target: Any = document
        for token in value["$ref"].removeprefix("#/").split("/"):
            target = target[token]
        value = target
    return value


def _operation(document: Schema, method: str, path: str, declared: Schema, checkers: dict[str, Checker]) -> OperationContract:
    components = document["components"]
    body = declared.get("requestBody")
    schema = body["content"]["application/json"]["schema"] if body else {}
    return OperationContract(
        operation_id=declared["operationId"],
        method=method.upper(),
        path=path,
        tag=declared["tags"][0],
        scope=_scope(declared.get("security", document.get("security", []))),
        request_body=BodyValidator(schema, components) if body else None,
        body_bytes=declared.get(BODY_BYTES_KEYWORD, limits.BODY_BYTES),
        coercion=BodyCoercion(schema, components),
        parameters=tuple(parameter_of(follow_reference(document, each), components) for each in declared.get("parameters", ())),
        responses=_responses(document, declared, checkers),
    )


def _scope(security: list[dict[str, list[str]]]) -> str | None:
    """The one scope asked for. Raises ValueError when the document asks for anything else than one scope or no token."""
    scopes = [scope for requirement in security for scopes in requirement.values() for scope in scopes]
    if len(scopes) > 1 or (security and not scopes):
        raise ValueError(f"an operation needs exactly one scope, not {scopes}")
    return scopes[0] if scopes else None


def _responses(document: Schema, declared: Schema, checkers: dict[str, Checker]) -> dict[tuple[int, str], Checker]:
    """Responses with the same schema share one checker: compiled once, held once."""
    found: dict[tuple[int, str], Checker] = {}
    for status, response in declared["responses"].items():
        for media_type, content in follow_reference(document, response).get("content", {}).items():
            schema = content["schema"]
            if repr(schema) not in checkers:
                checkers[repr(schema)] = Checker(schema, document["components"])
            found[int(status), media_type] = checkers[repr(schema)]
    return found
