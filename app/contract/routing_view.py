"""The document as Connexion can load it: OpenAPI 3.0 with paths, parameters, security and operationIds, and no schemas.

Connexion 3.3 reads 3.0 only and checks with Draft 4. It needs the view for routing; bodies and responses are checked by the
validators compiled from the document itself.
"""

from typing import Any

from app.contract.operations import each_operation, follow_reference
from app.contract.validators import Schema

BASE_PATH = "/v1"
_SCHEMA_KEYWORDS = ("type", "format", "enum", "minimum", "maximum", "minLength", "maxLength", "pattern", "default")


def routing_view(document: Schema) -> dict[str, Any]:
    """A 3.0.3 document with the operations of `document`, served under BASE_PATH."""
    paths: dict[str, dict[str, Any]] = {}
    for path, method, declared in each_operation(document):
        paths.setdefault(path, {})[method] = _operation(document, declared)
    return {
        "openapi": "3.0.3",
        "info": {"title": document["info"]["title"], "version": document["info"]["version"]},
        "servers": [{"url": BASE_PATH}],
        "security": document["security"],
        "paths": paths,
        "components": {"securitySchemes": document["components"]["securitySchemes"]},
    }


def _operation(document: Schema, declared: Schema) -> dict[str, Any]:
    view: dict[str, Any] = {
        "operationId": declared["operationId"],
        "tags": declared["tags"],
        "security": declared.get("security", document["security"]),
        "parameters": [_parameter(document, each) for each in declared.get("parameters", ())],
        "responses": {status: {"description": "As in the document"} for status in declared["responses"]},
    }
    if "requestBody" in declared:
        view["requestBody"] = {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
    return view


def _parameter(document: Schema, declared: Schema) -> dict[str, Any]:
    parameter = follow_reference(document, declared)
    schema = {**follow_reference(document, parameter["schema"]), **parameter["schema"]}
    return {
        "name": parameter["name"],
        "in": parameter["in"],
        "required": parameter.get("required", False),
        "schema": {keyword: schema[keyword] for keyword in _SCHEMA_KEYWORDS if keyword in schema},
    }
