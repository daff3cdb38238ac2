"""Makes `.venv` and installs the packages in it: `python environment.py PYTHON`, which `make env` runs.

It needs the standard library alone, because nothing is installed yet. The stamp is written last and holds the checkout's
folder, so a `.venv` whose installation was interrupted, or that was copied from another folder, is removed and made anew.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Final

VENV: Final = Path(".venv")
STAMP: Final = VENV / ".complete"
VENV_PYTHON: Final = str(VENV / "bin" / "python")
PIP: Final = (VENV_PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off")
PACKAGES: Final = ("-e", ".[dev]", "-c", "constraints.txt")
REPORT_SECONDS: Final = 3
LINE_WIDTH: Final = 100
SHOWN_LINES: Final = 20
"""How much of its output is shown when a command fails."""
INTERRUPTED: Final = 130
"""The exit code that shells give a command ended by Ctrl-C."""


class EnvironmentFailed(Exception):
    """The environment could not be made; the message says why and what to do."""


def make_environment(python: str) -> None:
    """`.venv` of the interpreter `python`, complete; raises EnvironmentFailed."""
    started = monotonic()
    fault = find_fault()
    if fault:
        remove_venv(fault)
        create_venv(python)
    install_packages()
    STAMP.write_bytes(os.fsencode(Path.cwd()))
    say(f"The environment is ready, after {monotonic() - started:.0f} seconds.")


def find_fault() -> str:
    """Why packages cannot be installed in the `.venv` that is there; empty when they can."""
    if not STAMP.exists():
        return "its installation was not completed"
    if STAMP.read_bytes() != os.fsencode(Path.cwd()):
        return "it was made for another folder"
    return "" if runs(VENV_PYTHON, "import pip") else "its Python or its pip is gone"


def remove_venv(reason: str) -> None:
    if VENV.is_symlink() or VENV.is_file():
        VENV.unlink()
    elif VENV.exists():
        say(f"Removing .venv: {reason}.")
        shutil.rmtree(VENV)


def create_venv(python: str) -> None:
    say(f"Making .venv with {python}.")
    exit_code, output = run_with_progress([python, "-m", "venv", str(VENV)])
    if exit_code == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if "ensurepip is not available" in " ".join(output) or not runs(python, "import ensurepip, venv"):
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise EnvironmentFailed(
            f"{python} cannot make a virtual environment, because ensurepip is missing. On Debian and Ubuntu: "
            f"apt install python3-venv (python{version}-venv where that is not the system's version); then run make again."
        )
    raise failure(f"{python} -m venv", output)


def install_packages() -> None:
    say("Installing the packages of pyproject.toml; the first time takes a minute or two.")
    exit_code, output = run_with_progress([*PIP, *PACKAGES])
    if exit_code != 0:
        raise failure("pip install", output)


def failure(command: str, output: list[str]) -> EnvironmentFailed:
    shown = "\n".join(output[-SHOWN_LINES:])
    return EnvironmentFailed(f"{shown}\n{command} failed, as shown above. Once the cause is mended, run make again.")


def runs(python: str, code: str) -> bool:
    try:
        return subprocess.run([python, "-c", code], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def run_with_progress(command: list[str]) -> tuple[int, list[str]]:
    """Exit code and output lines of a command; while it runs, its newest line is shown every few seconds."""
    output: list[str] = []
    ended = Event()
    Thread(target=report, args=(output, ended), daemon=True).start()
    try:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace") as process:
            for line in process.stdout or ():
                if text := line.strip():
                    output.append(text)
    finally:
        ended.set()
    return process.returncode, output


def report(output: list[str], ended: Event) -> None:
    started = monotonic()
    while not ended.wait(REPORT_SECONDS):
        newest = output[-1][:LINE_WIDTH] if output else "working"
        say(f"  {monotonic() - started:3.0f} s  {newest}")


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    try:
        make_environment(sys.argv[1])
    except EnvironmentFailed as failed:
        sys.exit(str(failed))
    except KeyboardInterrupt:
        say("Interrupted. The next make starts anew.")
        sys.exit(INTERRUPTED)
