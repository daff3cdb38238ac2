"""Compares the parameters and the request body of an operation.

Clients write them when they call an operation. In a webhook or a callback clients read them, so what is always sent there may
not become optional.
"""

from collections.abc import Iterator
from typing import Any, Final

from app.compatibility.change import Change, ChangeKind, PayloadDirection, compare_members, report_addition, report_removal
from app.compatibility.documents import DocumentNode
from app.compatibility.media_types import compare_media_types
from app.compatibility.resolved_schema import schema_in
from app.compatibility.schema_comparison import SchemaComparison

SERIALIZATION: Final = ("style", "explode", "allowReserved", "allowEmptyValue")
"""Keywords that say how a parameter is written in a request; any change of them is breaking."""
DEFAULT_STYLES: Final = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}


def parameters_of(item: DocumentNode, operation: DocumentNode) -> dict[str, DocumentNode]:
    """The parameters of the path item and of the operation, by location and name, such as `query as_of_date`."""
    found = {}
    for written in (*item.children("parameters"), *operation.children("parameters")):
        parameter = written.follow_references()
        name, place = parameter.string("name"), parameter.string("in")
        found[f"{place} {name.lower() if place == 'header' else name}"] = parameter
    return found


def compare_parameters(
    old: dict[str, DocumentNode], new: dict[str, DocumentNode], where: str, schemas: SchemaComparison
) -> Iterator[Change]:
    where = _name_part(where, schemas.direction)

    def on_removed(name: str) -> Change:
        rule = f"{schemas.direction}-parameter-removed"
        return report_removal(rule, old[name].pointer, where, f"parameter `{name}` is gone")

    def on_added(name: str) -> Change:
        must_be_sent = bool(new[name].get("required")) and schemas.direction is PayloadDirection.REQUEST
        rule, kind = ("required", ChangeKind.BREAKING) if must_be_sent else ("added", ChangeKind.ADDITIVE)
        text = f"parameter `{name}` is new{' and required' if must_be_sent else ''}"
        return report_addition(f"{schemas.direction}-parameter-{rule}", new[name].pointer, where, text, kind)

    yield from compare_members(
        old, new, on_removed, on_added, lambda name: _compare_one(name, old[name], new[name], where, schemas)
    )


def compare_bodies(old: DocumentNode, new: DocumentNode, where: str, schemas: SchemaComparison) -> Iterator[Change]:
    """`old` and `new` are operations; `schemas` compares in the direction in which the body travels."""
    where = _name_part(where, schemas.direction)
    before, after = old.member("requestBody"), new.member("requestBody")
    match "requestBody" in old.fields, "requestBody" in new.fields:
        case True, False:
            yield report_removal("request-body-removed", old.pointer_to("requestBody"), where, "the body is gone")
        case False, True:
            must_be_sent = bool(after.get("required")) and schemas.direction is PayloadDirection.REQUEST
            kind = ChangeKind.BREAKING if must_be_sent else ChangeKind.ADDITIVE
            yield report_addition("request-body-added", new.pointer_to("requestBody"), where, "there is a body now", kind)
        case True, True:
            if bool(before.get("required")) != bool(after.get("required")):
                kind, words = _kind_of_requirement(after, schemas.direction)
                yield Change(kind, "request-body-required", after.pointer, (where,), f"the body {words} required")
            yield from compare_media_types(before, after, where, schemas)


def _compare_one(name: str, old: DocumentNode, new: DocumentNode, where: str, schemas: SchemaComparison) -> Iterator[Change]:
    rule, text = f"{schemas.direction}-parameter", f"parameter `{name}`"
    if bool(old.get("required")) != bool(new.get("required")):
        kind, words = _kind_of_requirement(new, schemas.direction)
        requirement = "required" if new.get("required") else "optional"
        yield Change(kind, f"{rule}-{requirement}", new.pointer, (where,), f"{text} {words} required")
    if bool(new.get("deprecated")) and not old.get("deprecated"):
        yield report_addition(f"{rule}-deprecated", new.pointer, where, f"{text} is deprecated")
    before, after = _serialization(old), _serialization(new)
    for keyword in SERIALIZATION:
        if before[keyword] != after[keyword]:
            yield Change(ChangeKind.BREAKING, f"{rule}-{keyword}", new.pointer, (where,), f"{text}: {keyword} changed")
    if ("content" in old.fields) != ("content" in new.fields):
        yield Change(ChangeKind.BREAKING, f"{rule}-form", new.pointer, (where,), f"{text} is written in another form")
    elif "content" in old.fields:
        yield from compare_media_types(old, new, where, schemas)
    else:
        yield from schemas.compare(schema_in(old, "schema"), schema_in(new, "schema"), f"{where}, {text}")


def _serialization(parameter: DocumentNode) -> dict[str, Any]:
    """How the parameter is written, with the defaults of the OpenAPI specification filled in."""
    style = parameter.fields.get("style", DEFAULT_STYLES.get(parameter.string("in")))
    defaults = {"style": style, "explode": style == "form", "allowReserved": False, "allowEmptyValue": False}
    return {keyword: parameter.fields.get(keyword, defaults[keyword]) for keyword in SERIALIZATION}


def _kind_of_requirement(new: DocumentNode, direction: PayloadDirection) -> tuple[ChangeKind, str]:
    """In a request it is breaking that something became required; in what clients read, that it is no longer required."""
    is_required = bool(new.get("required"))
    kind = ChangeKind.BREAKING if is_required is (direction is PayloadDirection.REQUEST) else ChangeKind.ADDITIVE
    return kind, "became" if is_required else "is no longer"


def _name_part(where: str, direction: PayloadDirection) -> str:
    return f"{where} {'request' if direction is PayloadDirection.REQUEST else 'delivery'}"
