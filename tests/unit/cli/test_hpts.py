"""The `hpts` command knows its subcommands, and explains them and itself."""

import pytest

from app.health import GIT_SHA, VERSION
from tests.unit.cli.conftest import Hpts

COMMANDS = [
    ("serve",),
    ("migrate",),
    ("token",),
    ("demo",),
    ("reconcile",),
    ("verify",),
    ("contract", "check"),
    ("contract", "diff"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_every_command_explains_itself(hpts: Hpts, command: tuple[str, ...], option: str) -> None:
    done = hpts(*command, option)
    assert (done.exit_code, done.stderr) == (0, "")
    assert f"hpts {' '.join(command)}" in done.stdout


def test_without_a_command_the_help_names_every_command(hpts: Hpts) -> None:
    printed = hpts().output
    assert all(name in printed for name in ("serve", "migrate", "token", "demo", "reconcile", "verify", "contract"))


def test_an_unknown_command_is_an_error(hpts: Hpts) -> None:
    done = hpts("fly")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "fly" in done.stderr


def test_the_version_is_that_of_the_health_probe(hpts: Hpts) -> None:
    done = hpts("--version")
    assert (done.exit_code, done.stdout, done.stderr) == (0, f"hpts {VERSION}, git {GIT_SHA}\n", "")
