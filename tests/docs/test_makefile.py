"""`make env` and `make run` in a new checkout: which Python is taken, what is said, and how a broken `.venv` is made anew.

The Makefile is the real one. The interpreters are scripts that only pretend to make a `.venv` and to install, so no test
needs the network or more than a few seconds.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.support.waiting import HANG_SECONDS

VERSIONS = ("python3.14", "python3.13", "python3.12", "python3.11", "python3")
TOOLS = ("make", "cat", "cp", "mkdir", "chmod")
INTERPRETER = """#!/bin/sh
case "$1 $2" in
"-m venv")
    echo "venv $0" >> "$CALLS"
    mkdir -p "$3/bin"
    if [ -e "$NO_ENSUREPIP" ]; then
        echo "The virtual environment was not created successfully because ensurepip is not"
        echo "available.  On Debian/Ubuntu systems, you need to install the python3-venv"
        echo "package using the following command."
        exit 1
    fi
    cp "$0" "$3/bin/python" ;;
"-m pip")
    echo "pip $0" >> "$CALLS"
    echo "Collecting sqlalchemy"
    if [ -p "$PIP_WAITS" ]; then cat "$PIP_WAITS"; fi
    if [ -e "$NO_NETWORK" ]; then echo "ERROR: No matching distribution found"; exit 1; fi
    printf '#!/bin/sh\\necho "hpts $*"\\n' > .venv/bin/hpts
    chmod +x .venv/bin/hpts ;;
"-c import pip") exit 0 ;;
*) exec "$REAL_PYTHON" "$@" ;;
esac
"""
"""Everything but `-m venv` and `-m pip` is done by the Python of the tests."""

TOO_OLD = """#!/bin/sh
exec "$REAL_PYTHON" -c "import sys; sys.version_info = (3, 10); $2"
"""


MAKE_ENV_THAT_HEEDS_INTERRUPTS: Final = (
    "import os, signal; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execvp('make', ['make', 'env'])"
)
"""A process that a shell starts in the background may ignore interrupts, and so would all that it starts."""


@dataclass(frozen=True, slots=True)
class Checkout:
    """A folder with the real Makefile, and a PATH with nothing but the tools it needs and the interpreters of the test."""

    folder: Path
    programs: Path

    @property
    def venv(self) -> Path:
        return self.folder / ".venv"

    @property
    def environment(self) -> dict[str, str]:
        files = {name: str(self.programs / name) for name in ("CALLS", "NO_ENSUREPIP", "NO_NETWORK", "PIP_WAITS")}
        return {"PATH": str(self.programs), "REAL_PYTHON": sys.executable, **files}

    def switch_on(self, fault: str) -> Path:
        (self.programs / fault).touch()
        return self.programs / fault

    def make(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = ["make", *arguments]
        return subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=HANG_SECONDS, check=False
        )

    @contextmanager
    def making_env(self) -> Iterator[subprocess.Popen[str]]:
        """`make env` under way, in a process group of its own; killed when the test leaves it running."""
        with subprocess.Popen(
            [sys.executable, "-c", MAKE_ENV_THAT_HEEDS_INTERRUPTS],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)

    def calls(self) -> list[str]:
        """What the interpreters were asked for since the last look, such as `venv python3.14`."""
        log = self.programs / "CALLS"
        lines = log.read_text().splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return [f"{line.split(' ', 1)[0]} {Path(line.split(' ', 1)[1]).name}" for line in lines]

    def is_complete(self) -> bool:
        """Another call has nothing left to do."""
        self.calls()
        return self.make("env").returncode == 0 and self.calls() == []


def add_interpreter(folder: Path, name: str, text: str = INTERPRETER) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    (folder / name).chmod(0o755)
    return folder / name


def copy_checkout(repository: Path, folder: Path) -> None:
    folder.mkdir()
    for name in ("Makefile", "environment.py", "pyproject.toml", "constraints.txt"):
        shutil.copy(repository / name, folder / name)


@pytest.fixture
def bare(repository: Path, tmp_path: Path) -> Checkout:
    """No Python on the PATH, and a space in every path."""
    programs = tmp_path / "the programs"
    programs.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found is not None, f"{tool} is not installed"
        (programs / tool).symlink_to(found)
    copy_checkout(repository, tmp_path / "my ledger")
    return Checkout(tmp_path / "my ledger", programs)


@pytest.fixture
def checkout(bare: Checkout) -> Checkout:
    add_interpreter(bare.programs, "python3.14")
    return bare


def one_line(lines: str, words: Iterable[str]) -> bool:
    return any(all(word in line for word in words) for line in lines.splitlines())


def test_the_newest_python_is_taken(bare: Checkout) -> None:
    for name in VERSIONS:
        add_interpreter(bare.programs, name)
    for name in VERSIONS:
        assert bare.make("env").returncode == 0
        assert bare.calls()[0] == f"venv {name}"
        shutil.rmtree(bare.venv)
        (bare.programs / name).unlink()


def test_a_python_that_is_too_old_is_passed_over(bare: Checkout) -> None:
    add_interpreter(bare.programs, "python3.12", TOO_OLD)
    add_interpreter(bare.programs, "python3")
    assert bare.make("env").returncode == 0
    assert bare.calls() == ["venv python3", "pip python"]


@pytest.mark.parametrize("named", [(), ("PYTHON=/nowhere/python",)])
def test_without_a_python_one_line_says_which_is_needed(bare: Checkout, named: tuple[str, ...]) -> None:
    done = bare.make("env", *named)
    assert done.returncode != 0
    assert one_line(done.stderr, ["Python 3.11 or newer is needed", "make PYTHON="])


def test_a_python_can_be_named_by_a_path_with_spaces(checkout: Checkout, tmp_path: Path) -> None:
    named = add_interpreter(tmp_path / "own pythons", "python-own")
    assert checkout.make("env", f"PYTHON={named}").returncode == 0
    assert checkout.calls()[0] == "venv python-own"


def test_every_step_is_announced_and_so_is_the_end(checkout: Checkout) -> None:
    said = checkout.make("run").stdout.splitlines()
    starts = ["Making .venv with python3.14", "Installing the packages", "The environment is ready", "Starting the service"]
    assert [line for line in said if line.startswith(tuple(starts))] == said[:-1]
    assert len(said) == len(starts) + 1
    assert said[-1] == "hpts serve --examples"


def test_while_pip_works_its_newest_line_is_shown(checkout: Checkout) -> None:
    gate = checkout.programs / "PIP_WAITS"
    os.mkfifo(gate)
    with checkout.making_env() as making:
        assert any("s  Collecting sqlalchemy" in line for line in making.stdout or ())
        gate.write_text("")
        making.communicate(timeout=HANG_SECONDS)
    assert making.returncode == 0


def test_without_ensurepip_the_remedy_is_one_line_and_the_next_call_heals(checkout: Checkout) -> None:
    fault = checkout.switch_on("NO_ENSUREPIP")
    failed = checkout.make("env")
    assert failed.returncode != 0
    assert one_line(failed.stderr, ["python3.14", "ensurepip is missing", "apt install python3-venv", "make again"])
    assert len([line for line in failed.stderr.splitlines() if not line.startswith("make")]) == 1
    fault.unlink()
    assert checkout.make("env").returncode == 0
    assert checkout.is_complete()


def test_a_failed_installation_shows_why_and_the_next_call_makes_all_anew(checkout: Checkout) -> None:
    fault = checkout.switch_on("NO_NETWORK")
    failed = checkout.make("env")
    assert failed.returncode != 0
    assert "ERROR: No matching distribution found" in failed.stderr
    fault.unlink()
    checkout.calls()
    healed = checkout.make("env")
    assert one_line(healed.stdout, ["Removing .venv", "not completed"])
    assert checkout.calls() == ["venv python3.14", "pip python"]
    assert checkout.is_complete()


def test_an_interrupted_installation_is_made_anew(checkout: Checkout) -> None:
    gate = checkout.programs / "PIP_WAITS"
    os.mkfifo(gate)
    with checkout.making_env() as making, gate.open("w"):
        os.killpg(making.pid, signal.SIGINT)
        said, _ = making.communicate(timeout=HANG_SECONDS)
    assert making.returncode != 0
    assert "Interrupted" in said
    gate.unlink()
    checkout.calls()
    assert checkout.make("env").returncode == 0
    assert checkout.calls() == ["venv python3.14", "pip python"]
    assert checkout.is_complete()


@pytest.mark.parametrize("has_stamp", [True, False])
def test_a_venv_without_pip_is_made_anew(checkout: Checkout, has_stamp: bool) -> None:
    checkout.make("env")
    add_interpreter(checkout.venv / "bin", "python", "#!/bin/sh\nexit 1\n")
    (checkout.folder / "pyproject.toml").touch()
    if not has_stamp:
        (checkout.venv / ".complete").unlink()
    checkout.calls()
    assert one_line(checkout.make("env").stdout, ["Removing .venv"])
    assert checkout.calls() == ["venv python3.14", "pip python"]
    assert checkout.is_complete()


def test_a_venv_whose_python_was_uninstalled_is_made_anew(checkout: Checkout) -> None:
    checkout.make("env")
    (checkout.venv / "bin" / "python").unlink()
    (checkout.venv / "bin" / "python").symlink_to("/nowhere/python3.14")
    checkout.calls()
    assert one_line(checkout.make("env").stdout, ["Removing .venv", "its Python"])
    assert checkout.calls() == ["venv python3.14", "pip python"]
    assert checkout.is_complete()


def test_a_venv_that_was_copied_from_another_folder_is_made_anew(checkout: Checkout, tmp_path: Path) -> None:
    checkout.make("env")
    copied = Checkout(tmp_path / "a copy", checkout.programs)
    shutil.copytree(checkout.folder, copied.folder)
    checkout.calls()
    assert one_line(copied.make("env").stdout, ["Removing .venv", "another folder"])
    assert checkout.calls() == ["venv python3.14", "pip python"]
    assert copied.is_complete()
    assert checkout.is_complete()


def test_changed_requirements_are_installed_into_the_same_venv(checkout: Checkout) -> None:
    checkout.make("env")
    (checkout.folder / "constraints.txt").touch()
    checkout.calls()
    assert checkout.make("env").returncode == 0
    assert checkout.calls() == ["pip python"]
