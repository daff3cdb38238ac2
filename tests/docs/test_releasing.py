"""The version is one: in the package, in the contract and in the changelog; and pages name targets and files that are there."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

RELEASE = re.compile(r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d{2}-\d{2}$", re.MULTILINE)


def test_package_contract_and_changelog_have_one_version(repository: Path) -> None:
    package = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    contract = yaml.safe_load((repository / "openapi" / "openapi.yaml").read_text("utf-8"))["info"]["version"]
    assert package == contract == RELEASE.findall((repository / "CHANGELOG.md").read_text("utf-8"))[0]


def test_the_changelog_begins_with_what_is_not_released(repository: Path) -> None:
    headings = re.findall(r"^## (.+)$", (repository / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert headings[0] == "[Unreleased]"


def test_the_files_of_the_steps_exist(repository: Path) -> None:
    files = set(
        re.findall(r"`((?:[\w-]+/)*[\w-]+\.(?:py|yaml|toml|md))`", (repository / "docs" / "releasing.md").read_text("utf-8"))
    )
    assert files == {file for file in files if (repository / file).exists()} != set()


@pytest.mark.parametrize("page", ["docs/releasing.md", "CONTRIBUTING.md", "README.md"])
def test_every_target_of_make_that_a_page_names_exists(page: str, repository: Path) -> None:
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", (repository / page).read_text("utf-8"), re.MULTILINE))
    there = set(re.findall(r"^([a-z]+):", (repository / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert named
    assert named <= there


def test_reports_of_vulnerabilities_go_to_the_contact_of_the_contract(repository: Path) -> None:
    contract = yaml.safe_load((repository / "openapi" / "openapi.yaml").read_text("utf-8"))
    assert contract["info"]["contact"]["email"] in (repository / "SECURITY.md").read_text("utf-8")
