"""What happened to the parameters of an operation and to the body it takes."""

from collections.abc import Iterator

from app.conformance.diff.change import Change, Direction, Kind, added, pairs, removed
from app.conformance.diff.documents import Node
from app.conformance.diff.media import compare_media
from app.conformance.diff.schemas import SchemaComparison

FORM = ("style", "explode", "allowReserved", "allowEmptyValue")
"""How a parameter is written; another way is another parameter."""


def parameters_of(item: Node, operation: Node) -> dict[str, Node]:
    """The parameters of the path and of the operation, by place and name, such as `query as_of_date`."""
    found = {}
    for owner in (item, operation):
        for index in range(len(owner.get("parameters", ()))):
            parameter = owner.member("parameters").member(index)
            name, place = parameter.value["name"], parameter.value["in"]
            found[f"{place} {name.lower() if place == 'header' else name}"] = parameter
    return found


def compare_parameters(old: dict[str, Node], new: dict[str, Node], where: str) -> Iterator[Change]:
    where = f"{where} request"

    def gone(name: str) -> Change:
        return removed("request-parameter-removed", old[name].pointer, where, f"parameter `{name}` is gone")

    def came(name: str) -> Change:
        is_required = bool(new[name].get("required"))
        rule = "request-parameter-required" if is_required else "request-parameter-added"
        text = f"parameter `{name}` is new{' and required' if is_required else ''}"
        return added(rule, new[name].pointer, where, text, Kind.BREAKING if is_required else Kind.ADDITIVE)

    yield from pairs(dict(old), dict(new), gone, came, lambda name: _both(name, old[name], new[name], where))


def compare_bodies(old: Node, new: Node, where: str, direction: Direction) -> Iterator[Change]:
    """`old` and `new` are operations; `direction` is how the body travels for those who rely on the document."""
    where = f"{where} {'request' if direction is Direction.REQUEST else 'delivery'}"
    match "requestBody" in old.value, "requestBody" in new.value:
        case True, False:
            yield removed("request-body-removed", f"{old.pointer}/requestBody", where, "the body is gone")
        case False, True:
            is_required = bool(new.member("requestBody").get("required"))
            kind = Kind.BREAKING if is_required and direction is Direction.REQUEST else Kind.ADDITIVE
            yield added("request-body-added", f"{new.pointer}/requestBody", where, "there is a body now", kind)
        case True, True:
            before, after = old.member("requestBody"), new.member("requestBody")
            if bool(before.get("required")) != bool(after.get("required")):
                is_required = bool(after.get("required"))
                kind = Kind.BREAKING if is_required is (direction is Direction.REQUEST) else Kind.ADDITIVE
                text = f"the body {'became' if is_required else 'is no longer'} required"
                yield Change(kind, "request-body-required", after.pointer, (where,), text)
            yield from compare_media(before, after, where, direction)


def _both(name: str, old: Node, new: Node, where: str) -> Iterator[Change]:
    if bool(old.get("required")) != bool(new.get("required")):
        is_required = bool(new.get("required"))
        rule, kind = ("required", Kind.BREAKING) if is_required else ("optional", Kind.ADDITIVE)
        text = f"parameter `{name}` {'became' if is_required else 'is no longer'} required"
        yield Change(kind, f"request-parameter-{rule}", new.pointer, (where,), text)
    if bool(new.get("deprecated")) and not old.get("deprecated"):
        yield added("request-parameter-deprecated", new.pointer, where, f"parameter `{name}` is deprecated")
    for keyword in FORM:
        if old.get(keyword) != new.get(keyword):
            yield Change(
                Kind.BREAKING, f"request-parameter-{keyword}", new.pointer, (where,), f"parameter `{name}`: {keyword} changed"
            )
    if "schema" in old.value and "schema" in new.value:
        comparison = SchemaComparison(Direction.REQUEST, f"{where}, parameter `{name}`")
        yield from comparison.compare(old.member("schema"), new.member("schema"))
    elif "schema" in old.value or "schema" in new.value:
        yield Change(
            Kind.BREAKING, "request-parameter-form", new.pointer, (where,), f"parameter `{name}` is written in another form"
        )
    else:
        yield from compare_media(old, new, where, Direction.REQUEST)
