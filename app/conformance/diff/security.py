"""What happened to the tokens and scopes that are asked for."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.conformance.diff.change import Change, Kind, added, pairs, removed
from app.conformance.diff.documents import Node

Alternative = Mapping[str, list[str]]


def compare_security(old: Node, new: Node, where: str) -> Iterator[Change]:
    """`old` and `new` are operations. What sufficed before has to suffice still."""
    before, after = _alternatives(old), _alternatives(new)
    place = f"{new.pointer}/security"
    for each in before:
        if not any(_suffices(each, wanted) for wanted in after):
            text = f"{_shown(each)} no longer suffices; it asks for {' or '.join(map(_shown, after))}"
            yield Change(Kind.BREAKING, "security-tightened", place, (where,), text)
    for wanted in after:
        if not any(_suffices(wanted, each) for each in before):
            yield added("security-relaxed", place, where, f"{_shown(wanted)} suffices now")


def compare_schemes(old: Node, new: Node) -> Iterator[Change]:
    """`old` and `new` are the documents."""
    before, after = (each.get("components", {}).get("securitySchemes", {}) for each in (old, new))
    place = "/components/securitySchemes"

    def gone(name: str) -> Change:
        return removed("security-scheme-removed", f"{place}/{name}", "security", f"scheme {name} is gone")

    def came(name: str) -> Change:
        return added("security-scheme-added", f"{place}/{name}", "security", f"scheme {name} is new")

    yield from pairs(before, after, gone, came, lambda name: _scheme(before[name], after[name], f"{place}/{name}", name))


def _scheme(old: dict[str, Any], new: dict[str, Any], place: str, name: str) -> Iterator[Change]:
    where = f"scheme {name}"
    for keyword in ("type", "scheme", "in", "name", "openIdConnectUrl"):
        if old.get(keyword) != new.get(keyword):
            yield Change(Kind.BREAKING, "security-scheme-changed", place, (where,), f"{keyword} changed")
    before, after = old.get("flows", {}), new.get("flows", {})

    def gone(flow: str) -> Change:
        return removed("security-flow-removed", f"{place}/flows/{flow}", where, f"flow {flow} is gone")

    def came(flow: str) -> Change:
        return added("security-flow-added", f"{place}/flows/{flow}", where, f"flow {flow} is new")

    yield from pairs(
        before, after, gone, came, lambda flow: _flow(before[flow], after[flow], f"{place}/flows/{flow}", f"{where}, {flow}")
    )


def _flow(old: dict[str, Any], new: dict[str, Any], place: str, where: str) -> Iterator[Change]:
    for keyword in ("tokenUrl", "authorizationUrl", "refreshUrl"):
        if old.get(keyword) != new.get(keyword):
            yield Change(Kind.BREAKING, "security-flow-changed", place, (where,), f"{keyword} changed")

    def gone(scope: str) -> Change:
        return removed("security-scope-removed", f"{place}/scopes", where, f"scope {scope} is gone")

    def came(scope: str) -> Change:
        return added("security-scope-added", f"{place}/scopes", where, f"scope {scope} is new")

    yield from pairs(old.get("scopes", {}), new.get("scopes", {}), gone, came, lambda _: ())


def _alternatives(operation: Node) -> list[Alternative]:
    """Each set of schemes and scopes that suffices; of no token, the empty set."""
    declared = operation.get("security", operation.document.get("security", []))
    return [dict(each) for each in declared] or [{}]


def _suffices(held: Alternative, wanted: Alternative) -> bool:
    return all(scheme in held and set(scopes) <= set(held[scheme]) for scheme, scopes in wanted.items())


def _shown(alternative: Alternative) -> str:
    return " and ".join(" ".join([scheme, *scopes]) for scheme, scopes in alternative.items()) or "no token"
