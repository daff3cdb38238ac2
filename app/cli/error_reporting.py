"""Reports errors of a command as plain lines on standard error instead of a traceback."""

import functools
import os
import traceback
from collections.abc import Callable
from typing import ParamSpec

import typer
from rich.console import Console

from app.settings import SettingsError

_P = ParamSpec("_P")
_error_console = Console(stderr=True, highlight=False, soft_wrap=True)


class CommandError(Exception):
    """The command cannot be carried out; the message says why and what to do."""


def report_errors(command: Callable[_P, None]) -> Callable[_P, None]:
    """Wraps `command` so that an error is printed as one plain line: exit code 2 for wrong settings, 1 for other errors."""

    @functools.wraps(command)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except (typer.Exit, typer.Abort):
            raise
        except SettingsError as wrong:
            _print_errors(wrong.problems)
            raise typer.Exit(2) from None
        except CommandError as refused:
            _print_errors([" ".join(str(refused).splitlines())])
            raise typer.Exit(1) from None
        except Exception as unexpected:
            if os.environ.get("HPTS_LOG_LEVEL", "").lower() == "debug":
                traceback.print_exception(unexpected)
            _print_errors([describe_unexpected(unexpected)])
            raise typer.Exit(1) from None

    return run


def describe_unexpected(error: Exception) -> str:
    """One line; of a file that cannot be used, its name and what to do."""
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}. Choose a file and a folder that this user may read and write"
    return f"{type(error).__name__}: {one_line(error)}. HPTS_LOG_LEVEL=debug shows where it happened"


def one_line(error: BaseException) -> str:
    """The first line of its message, or what kind of error it is."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def _print_errors(lines: list[str]) -> None:
    for line in lines:
        _error_console.print(f"hpts: {line}", style="red", markup=False)
