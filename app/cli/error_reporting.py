"""Errors of the command line: plain lines instead of a traceback."""

import functools
import logging
from collections.abc import Callable
from typing import ParamSpec

import typer
from rich.console import Console

from app.settings import SettingsError

P = ParamSpec("P")
log = logging.getLogger("hpts.command")
complaints = Console(stderr=True, highlight=False, soft_wrap=True)


class CommandError(Exception):
    """A command cannot do what it was asked to; the message says why and what to do."""


def report_errors(command: Callable[P, None]) -> Callable[P, None]:
    """`command` with every error said in plain lines: exit code 2 for wrong settings, 1 for everything else."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except (typer.Exit, typer.Abort):
            raise
        except SettingsError as wrong:
            raise _complaint(2, wrong.problems) from None
        except CommandError as refused:
            raise _complaint(1, [str(refused)]) from None
        except Exception as unexpected:
            log.debug("the command failed", exc_info=unexpected)
            raise _complaint(1, [f"{type(unexpected).__name__}: {unexpected}"]) from None

    return run


def _complaint(exit_code: int, lines: list[str]) -> typer.Exit:
    for line in lines:
        complaints.print(f"hpts: {line}", style="red", markup=False)
    return typer.Exit(exit_code)
