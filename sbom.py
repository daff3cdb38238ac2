"""Writes the bill of materials of the image, `python sbom.py FILE`: packages with versions, licences and needs, as CycloneDX.

It lists what the service needs and not what develops it, in the versions that are installed, which are those of constraints.txt.
"""

import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Final

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import LicenseAcknowledgement
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT: Final = "hpts"
_CLASSIFIER: Final = "License :: OSI Approved :: "


def runtime_packages() -> dict[str, set[str]]:
    """By canonical name, every package that the service needs, with those that it needs itself."""
    found: dict[str, set[str]] = {}
    wanted: list[tuple[str, frozenset[str]]] = [(ROOT, frozenset())]
    seen: set[tuple[str, frozenset[str]]] = set()
    while wanted:
        name, extras = each = wanted.pop()
        if each in seen:
            continue
        seen.add(each)
        needed = list(_requirements(distribution(name), extras))
        found.setdefault(name, set()).update(canonicalize_name(requirement.name) for requirement in needed)
        wanted += [(canonicalize_name(requirement.name), frozenset(requirement.extras)) for requirement in needed]
    return found


def _requirements(package: Distribution, extras: frozenset[str]) -> Iterator[Requirement]:
    """Those of this platform and of these extras."""
    for text in package.requires or ():
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras | {""}):
            yield requirement


def licence_of(package: Distribution) -> str:
    """As the package states it: an SPDX expression, else the name of its classifier, else the first line of what it says."""
    if expressions := _stated(package, "License-Expression"):
        return expressions[0]
    named = [each.removeprefix(_CLASSIFIER) for each in _stated(package, "Classifier") if each.startswith(_CLASSIFIER)]
    return " AND ".join(named) or "".join(_stated(package, "License")).partition("\n")[0]


def _stated(package: Distribution, field: str) -> list[str]:
    return [str(each) for each in package.metadata.get_all(field) or ()]


def bill_of_materials() -> Bom:
    bom, components = Bom(), {}
    packages = runtime_packages()
    for name in sorted(packages):
        components[name] = _component(distribution(name))
    bom.metadata.component = components[ROOT]
    bom.components.update(component for name, component in components.items() if name != ROOT)
    for name, needed in packages.items():
        bom.register_dependency(components[name], [components[each] for each in sorted(needed)])
    return bom


def _component(package: Distribution) -> Component:
    name, version = canonicalize_name(package.metadata["Name"]), package.version
    address = PackageURL("pypi", name=name, version=version)
    licence = LicenseFactory().make_from_string(licence_of(package), license_acknowledgement=LicenseAcknowledgement.DECLARED)
    is_root = name == ROOT
    return Component(
        name=name,
        version=version,
        type=ComponentType.APPLICATION if is_root else ComponentType.LIBRARY,
        bom_ref=str(address),
        purl=None if is_root else address,
        licenses=[licence],
        description=re.sub(r"\s+", " ", "".join(_stated(package, "Summary"))) or None,
    )


def main(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(JsonV1Dot6(bill_of_materials()).output_as_string(indent=2), "utf-8")
    print(f"{file} has the bill of materials, in CycloneDX 1.6.")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
