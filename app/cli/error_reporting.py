"""Reports errors of a command as plain lines on standard error instead of a traceback."""

import functools
import logging
from collections.abc import Callable
from typing import ParamSpec

import typer
from rich.console import Console

from app.settings import SettingsError

_P = ParamSpec("_P")
_logger = logging.getLogger("hpts.command")
_error_console = Console(stderr=True, highlight=False, soft_wrap=True)


class CommandError(Exception):
    """The command cannot be carried out; the message says why and what to do."""


def report_errors(command: Callable[_P, None]) -> Callable[_P, None]:
    """Wraps `command` so that errors are printed as plain lines: exit code 2 for wrong settings, 1 for other errors."""

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
            _print_errors([str(refused)])
            raise typer.Exit(1) from None
        except Exception as unexpected:
            _logger.debug("the command failed", exc_info=unexpected)
            _print_errors([f"{type(unexpected).__name__}: {unexpected}"])
            raise typer.Exit(1) from None

    return run


def _print_errors(lines: list[str]) -> None:
    for line in lines:
        _error_console.print(f"hpts: {line}", style="red", markup=False)
