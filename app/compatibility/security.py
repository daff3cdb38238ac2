"""What happened to the tokens and scopes that are asked for."""

from collections.abc import Iterator, Mapping

from app.compatibility.change import Change, Kind, added, pairs, removed
from app.compatibility.documents import Node

Alternative = Mapping[str, list[str]]


def compare_security(old: Node, new: Node, where: str) -> Iterator[Change]:
    """`old` and `new` are operations. What sufficed before has to suffice still."""
    before, after = _alternatives(old), _alternatives(new)
    place = new.place("security")
    for each in before:
        if not any(_suffices(each, wanted) for wanted in after):
            text = f"{_shown(each)} no longer suffices; it asks for {' or '.join(map(_shown, after))}"
            yield Change(Kind.BREAKING, "security-tightened", place, (where,), text)
    for wanted in after:
        if not any(_suffices(wanted, each) for each in before):
            yield added("security-relaxed", place, where, f"{_shown(wanted)} suffices now")


def compare_schemes(old: Node, new: Node) -> Iterator[Change]:
    """`old` and `new` are the documents."""
    owners = old.member("components"), new.member("components")
    before, after = (each.members("securitySchemes") for each in owners)

    def gone(name: str) -> Change:
        place = owners[0].place("securitySchemes", name)
        return removed("security-scheme-removed", place, "security", f"scheme {name} is gone")

    def came(name: str) -> Change:
        place = owners[1].place("securitySchemes", name)
        return added("security-scheme-added", place, "security", f"scheme {name} is new")

    yield from pairs(before, after, gone, came, lambda name: _scheme(before[name], after[name], f"scheme {name}"))


def _scheme(old: Node, new: Node, where: str) -> Iterator[Change]:
    for keyword in ("type", "scheme", "in", "name", "openIdConnectUrl"):
        if old.get(keyword) != new.get(keyword):
            yield Change(Kind.BREAKING, "security-scheme-changed", new.pointer, (where,), f"{keyword} changed")
    before, after = _flows(old), _flows(new)

    def gone(flow: str) -> Change:
        return removed("security-flow-removed", before[flow].pointer, where, f"flow {flow} is gone")

    def came(flow: str) -> Change:
        return added("security-flow-added", after[flow].pointer, where, f"flow {flow} is new")

    yield from pairs(before, after, gone, came, lambda flow: _flow(before[flow], after[flow], f"{where}, {flow}"))


def _flows(scheme: Node) -> dict[str, Node]:
    return {name: flow for name, flow in scheme.named("flows").items() if not name.startswith("x-")}


def _flow(old: Node, new: Node, where: str) -> Iterator[Change]:
    for keyword in ("tokenUrl", "authorizationUrl", "refreshUrl"):
        if old.get(keyword) != new.get(keyword):
            yield Change(Kind.BREAKING, "security-flow-changed", new.pointer, (where,), f"{keyword} changed")

    def gone(scope: str) -> Change:
        return removed("security-scope-removed", old.place("scopes", scope), where, f"scope {scope} is gone")

    def came(scope: str) -> Change:
        return added("security-scope-added", new.place("scopes", scope), where, f"scope {scope} is new")

    yield from pairs(old.named("scopes"), new.named("scopes"), gone, came, lambda _: ())


def _alternatives(operation: Node) -> list[Alternative]:
    """Each set of schemes and scopes that suffices; of no token, the empty set."""
    owner = operation if "security" in operation.fields else operation.document.whole
    return [{scheme: each.texts(scheme) for scheme in each.fields} for each in owner.children("security")] or [{}]


def _suffices(held: Alternative, wanted: Alternative) -> bool:
    return all(scheme in held and set(scopes) <= set(held[scheme]) for scheme, scopes in wanted.items())


def _shown(alternative: Alternative) -> str:
    return " and ".join(" ".join([scheme, *scopes]) for scheme, scopes in alternative.items()) or "no token"
