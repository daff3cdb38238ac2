"""A small OpenAPI document with everything that is compared, and functions that make changed copies of it."""

from copy import deepcopy
from typing import Any, Final

from app.compatibility.change import ChangeKind
from app.compatibility.compare import diff


def item(name: str) -> dict[str, Any]:
    """A recursive schema: its field `next` refers to the component of this name."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["name"],
        "properties": {
            "name": {"type": "string", "minLength": 2, "maxLength": 9, "pattern": "^[a-z]+$"},
            "count": {"type": "integer", "minimum": 1, "maximum": 5, "default": 1},
            "kind": {"type": "string", "enum": ["a", "b"]},
            "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 3},
            "choice": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
            "next": {"$ref": f"#/components/schemas/{name}"},
        },
    }


BODY: Final = {"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Item"}}}}
WORD: Final = {"content": {"application/json": {"schema": {"type": "string", "enum": ["x"]}}}}
HEADER: Final = {"name": "Signature", "in": "header", "required": True, "schema": {"type": "string"}}
DOCUMENT: Final[dict[str, Any]] = {
    "openapi": "3.1.0",
    "servers": [{"url": "https://one.example/v1"}],
    "paths": {
        "/items": {
            "post": {
                "operationId": "postItem",
                "security": [{"token": ["items:write"]}],
                "parameters": [
                    {"name": "Key", "in": "header", "required": True, "schema": {"type": "string"}},
                    {"name": "limit", "in": "query", "schema": {"type": "integer"}},
                ],
                "requestBody": BODY,
                "callbacks": {"done": {"{$request.body#/url}": {"post": {"requestBody": WORD, "responses": {"204": {}}}}}},
                "responses": {
                    "201": {
                        "headers": {"Location": {"required": True, "schema": {"type": "string"}}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Answer"}}},
                        "links": {"item": {"operationId": "getItem"}},
                    },
                    "400": {"content": {"application/json": {"schema": {"type": "object"}}}},
                },
            }
        },
        "/health": {"get": {"operationId": "getHealth", "security": [], "responses": {"200": {}}}},
    },
    "webhooks": {"itemPosted": {"post": {"parameters": [HEADER], "requestBody": WORD}}},
    "components": {
        "schemas": {"Item": item("Item"), "Answer": item("Answer")},
        "securitySchemes": {
            "token": {"type": "oauth2", "flows": {"clientCredentials": {"scopes": {"items:write": "", "items:read": ""}}}},
            "header": {"type": "apiKey", "in": "header", "name": "Key"},
            "key": {"type": "apiKey", "in": "header", "name": "Key"},
        },
    },
}
OPERATION: Final = "/paths/~1items/post"
ITEM: Final = "/components/schemas/Item"
ANSWER: Final = "/components/schemas/Answer"
WEBHOOK: Final = "/webhooks/itemPosted/post"
WEBHOOK_SCHEMA: Final = f"{WEBHOOK}/requestBody/content/application~1json/schema"
CALLBACK: Final = f"{OPERATION}/callbacks/done/{{$request.body#~1url}}/post"
ChangedValue = tuple[str, str, Any]
"""The rule that a change is reported under, the JSON Pointer to what is changed, and its new value."""
DELETED: Final = object()
"""Given as a value to `with_change`, it deletes what is at the pointer."""


def with_change(pointer: str, value: Any) -> dict[str, Any]:
    """A copy of the document with `value` at `pointer`, appended to a list if the pointer ends in `-`."""
    copy = deepcopy(DOCUMENT)
    *path, last = [each.replace("~1", "/").replace("~0", "~") for each in pointer.split("/")[1:]]
    place: Any = copy
    for name in path:
        place = place[int(name) if isinstance(place, list) else name]
    key = int(last) if isinstance(place, list) and last != "-" else last
    if value is DELETED:
        del place[key]
    elif key == "-":
        place.append(value)
    else:
        place[key] = value
    return copy


def with_schema(schema: Any, **components: Any) -> dict[str, Any]:
    """A document with one operation, whose request body and response both have this schema."""
    content = {"content": {"application/json": {"schema": schema}}}
    operation = {"operationId": "say", "requestBody": content, "responses": {"200": content}}
    return {"openapi": "3.1.0", "paths": {"/words": {"post": operation}}, "components": {"schemas": components}}


def kinds_and_rules(pointer: str, value: Any) -> list[tuple[ChangeKind, str]]:
    """Kind and rule of each change that `diff` reports when `value` is put at `pointer`."""
    return [(each.kind, each.rule) for each in diff(DOCUMENT, with_change(pointer, value))]


def changes_in(direction: str, old: dict[str, Any], new: dict[str, Any]) -> set[str]:
    """Kind and rule, separated by a space, of each change in this direction."""
    return {f"{each.kind} {each.rule}" for each in diff(old, new) if each.rule.startswith(direction)}
