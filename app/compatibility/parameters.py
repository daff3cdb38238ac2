"""What happened to the parameters of an operation and to the body it takes.

Those who rely on the document write them; of a webhook or a callback they read them, and rely on what is always there.
"""

from collections.abc import Iterator
from typing import Any, Final

from app.compatibility.change import Change, Direction, Kind, added, pairs, removed
from app.compatibility.documents import Node
from app.compatibility.media import compare_media
from app.compatibility.schema import schema_in
from app.compatibility.schemas import SchemaComparison

FORM: Final = ("style", "explode", "allowReserved", "allowEmptyValue")
"""How a parameter is written; another way is another parameter."""
STYLE_UNSAID: Final = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}


def parameters_of(item: Node, operation: Node) -> dict[str, Node]:
    """The parameters of the path and of the operation, by place and name, such as `query as_of_date`."""
    found = {}
    for written in (*item.children("parameters"), *operation.children("parameters")):
        parameter = written.followed()
        name, place = parameter.text("name"), parameter.text("in")
        found[f"{place} {name.lower() if place == 'header' else name}"] = parameter
    return found


def compare_parameters(old: dict[str, Node], new: dict[str, Node], where: str, schemas: SchemaComparison) -> Iterator[Change]:
    where = _part(where, schemas.direction)

    def gone(name: str) -> Change:
        rule = f"{schemas.direction}-parameter-removed"
        return removed(rule, old[name].pointer, where, f"parameter `{name}` is gone")

    def came(name: str) -> Change:
        is_asked_for = bool(new[name].get("required")) and schemas.direction is Direction.REQUEST
        rule, kind = ("required", Kind.BREAKING) if is_asked_for else ("added", Kind.ADDITIVE)
        text = f"parameter `{name}` is new{' and required' if is_asked_for else ''}"
        return added(f"{schemas.direction}-parameter-{rule}", new[name].pointer, where, text, kind)

    yield from pairs(old, new, gone, came, lambda name: _parameter(name, old[name], new[name], where, schemas))


def compare_bodies(old: Node, new: Node, where: str, schemas: SchemaComparison) -> Iterator[Change]:
    """`old` and `new` are operations; `schemas` knows how the body travels for those who rely on the document."""
    where = _part(where, schemas.direction)
    before, after = old.member("requestBody"), new.member("requestBody")
    match "requestBody" in old.fields, "requestBody" in new.fields:
        case True, False:
            yield removed("request-body-removed", old.place("requestBody"), where, "the body is gone")
        case False, True:
            is_asked_for = bool(after.get("required")) and schemas.direction is Direction.REQUEST
            kind = Kind.BREAKING if is_asked_for else Kind.ADDITIVE
            yield added("request-body-added", new.place("requestBody"), where, "there is a body now", kind)
        case True, True:
            if bool(before.get("required")) != bool(after.get("required")):
                kind, words = _necessity(after, schemas.direction)
                yield Change(kind, "request-body-required", after.pointer, (where,), f"the body {words} required")
            yield from compare_media(before, after, where, schemas)


def _parameter(name: str, old: Node, new: Node, where: str, schemas: SchemaComparison) -> Iterator[Change]:
    rule, text = f"{schemas.direction}-parameter", f"parameter `{name}`"
    if bool(old.get("required")) != bool(new.get("required")):
        kind, words = _necessity(new, schemas.direction)
        named = f"{rule}-{'required' if new.get('required') else 'optional'}"
        yield Change(kind, named, new.pointer, (where,), f"{text} {words} required")
    if bool(new.get("deprecated")) and not old.get("deprecated"):
        yield added(f"{rule}-deprecated", new.pointer, where, f"{text} is deprecated")
    before, after = _form(old), _form(new)
    for keyword in FORM:
        if before[keyword] != after[keyword]:
            yield Change(Kind.BREAKING, f"{rule}-{keyword}", new.pointer, (where,), f"{text}: {keyword} changed")
    if ("content" in old.fields) != ("content" in new.fields):
        yield Change(Kind.BREAKING, f"{rule}-form", new.pointer, (where,), f"{text} is written in another form")
    elif "content" in old.fields:
        yield from compare_media(old, new, where, schemas)
    else:
        yield from schemas.compare(schema_in(old, "schema"), schema_in(new, "schema"), f"{where}, {text}")


def _form(parameter: Node) -> dict[str, Any]:
    """How it is written, with what holds where nothing is said."""
    style = parameter.fields.get("style", STYLE_UNSAID.get(parameter.text("in")))
    unsaid = {"style": style, "explode": style == "form", "allowReserved": False, "allowEmptyValue": False}
    return {keyword: parameter.fields.get(keyword, unsaid[keyword]) for keyword in FORM}


def _necessity(new: Node, direction: Direction) -> tuple[Kind, str]:
    """Who writes it has to know that it became required, who reads it that it is no longer."""
    is_required = bool(new.get("required"))
    kind = Kind.BREAKING if is_required is (direction is Direction.REQUEST) else Kind.ADDITIVE
    return kind, "became" if is_required else "is no longer"


def _part(where: str, direction: Direction) -> str:
    return f"{where} {'request' if direction is Direction.REQUEST else 'delivery'}"
