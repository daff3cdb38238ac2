"""What the page about CI shows can be run: its commands exist, with these options, and its job is YAML."""

import re
import subprocess
import sys
from pathlib import Path

import yaml

PAGE = "docs/contract-in-ci.md"
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
OF_OTHERS = {"--abbrev", "--tags", "--match"}
"""Options of git in the job."""


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def options_of(command: str) -> set[str]:
    shown = subprocess.run(
        [sys.executable, "-m", "app", "contract", command, "--help"],
        capture_output=True,
        text=True,
        check=True,
        env={"COLUMNS": "200"},
    )
    return set(OPTION.findall(shown.stdout))


def test_every_option_on_the_page_exists_and_every_one_of_check_is_told(repository: Path) -> None:
    told = set(OPTION.findall((repository / PAGE).read_text("utf-8"))) - OF_OTHERS
    check, diff = options_of("check"), options_of("diff")
    assert told <= check | diff
    assert check | diff <= told | {"--help"}


def test_the_job_is_yaml_and_runs_both_commands(repository: Path) -> None:
    (job,) = blocks((repository / PAGE).read_text("utf-8"), "yaml")
    steps = yaml.safe_load(job)["jobs"]["contract"]["steps"]
    commands = "\n".join(step.get("run", "") for step in steps)
    assert "hpts contract check https://" in commands
    assert "hpts contract diff released.yaml openapi/openapi.yaml" in commands


def test_the_mock_of_the_job_is_the_one_that_our_own_checks_pin(repository: Path) -> None:
    pinned = yaml.safe_load((repository / "contract_tests" / "package.json").read_text("utf-8"))["dependencies"][
        "@stoplight/prism-cli"
    ]
    assert f"@stoplight/prism-cli@{pinned}" in (repository / PAGE).read_text("utf-8")
