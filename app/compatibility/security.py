"""Compares security requirements: the schemes and scopes that operations require, and the schemes themselves."""

from collections.abc import Iterator, Mapping

from app.compatibility.change import Change, ChangeKind, compare_members, report_addition, report_removal
from app.compatibility.documents import DocumentNode

SecurityRequirement = Mapping[str, list[str]]
"""Schemes that are needed together, each with its scopes."""


def compare_security(old: DocumentNode, new: DocumentNode, where: str) -> Iterator[Change]:
    """`old` and `new` are operations. Breaking if a token that sufficed for the older one no longer suffices."""
    before, after = _requirements_of(old), _requirements_of(new)
    place = new.pointer_to("security")
    for each in before:
        if not any(_suffices(each, wanted) for wanted in after):
            text = f"{_describe(each)} no longer suffices; required: {' or '.join(map(_describe, after))}"
            yield Change(ChangeKind.BREAKING, "security-tightened", place, (where,), text)
    for wanted in after:
        if not any(_suffices(wanted, each) for each in before):
            yield report_addition("security-relaxed", place, where, f"{_describe(wanted)} suffices now")


def compare_schemes(old: DocumentNode, new: DocumentNode) -> Iterator[Change]:
    """`old` and `new` are the documents."""
    owners = old.member("components"), new.member("components")
    before, after = (each.members("securitySchemes") for each in owners)

    def on_removed(name: str) -> Change:
        place = owners[0].pointer_to("securitySchemes", name)
        return report_removal("security-scheme-removed", place, "security", f"scheme {name} is gone")

    def on_added(name: str) -> Change:
        place = owners[1].pointer_to("securitySchemes", name)
        return report_addition("security-scheme-added", place, "security", f"scheme {name} is new")

    yield from compare_members(
        before, after, on_removed, on_added, lambda name: _compare_scheme(before[name], after[name], f"scheme {name}")
    )


def _compare_scheme(old: DocumentNode, new: DocumentNode, where: str) -> Iterator[Change]:
    for keyword in ("type", "scheme", "in", "name", "openIdConnectUrl"):
        if old.get(keyword) != new.get(keyword):
            yield Change(ChangeKind.BREAKING, "security-scheme-changed", new.pointer, (where,), f"{keyword} changed")
    before, after = _flows_of(old), _flows_of(new)

    def on_removed(flow: str) -> Change:
        return report_removal("security-flow-removed", before[flow].pointer, where, f"flow {flow} is gone")

    def on_added(flow: str) -> Change:
        return report_addition("security-flow-added", after[flow].pointer, where, f"flow {flow} is new")

    yield from compare_members(
        before, after, on_removed, on_added, lambda flow: _compare_flow(before[flow], after[flow], f"{where}, {flow}")
    )


def _flows_of(scheme: DocumentNode) -> dict[str, DocumentNode]:
    return {name: flow for name, flow in scheme.children_by_name("flows").items() if not name.startswith("x-")}


def _compare_flow(old: DocumentNode, new: DocumentNode, where: str) -> Iterator[Change]:
    for keyword in ("tokenUrl", "authorizationUrl", "refreshUrl"):
        if old.get(keyword) != new.get(keyword):
            yield Change(ChangeKind.BREAKING, "security-flow-changed", new.pointer, (where,), f"{keyword} changed")

    def on_removed(scope: str) -> Change:
        return report_removal("security-scope-removed", old.pointer_to("scopes", scope), where, f"scope {scope} is gone")

    def on_added(scope: str) -> Change:
        return report_addition("security-scope-added", new.pointer_to("scopes", scope), where, f"scope {scope} is new")

    yield from compare_members(old.children_by_name("scopes"), new.children_by_name("scopes"), on_removed, on_added, lambda _: ())


def _requirements_of(operation: DocumentNode) -> list[SecurityRequirement]:
    """The requirements of which any one suffices. An operation without security has one that is empty."""
    owner = operation if "security" in operation.fields else operation.document.root
    return [{scheme: each.strings(scheme) for scheme in each.fields} for each in owner.children("security")] or [{}]


def _suffices(held: SecurityRequirement, wanted: SecurityRequirement) -> bool:
    return all(scheme in held and set(scopes) <= set(held[scheme]) for scheme, scopes in wanted.items())


def _describe(alternative: SecurityRequirement) -> str:
    return " and ".join(" ".join([scheme, *scopes]) for scheme, scopes in alternative.items()) or "no token"
