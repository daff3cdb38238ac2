"""Errors of a command become plain lines on standard error and an exit code, never a traceback."""

import pytest
import typer

from app.cli.error_reporting import CommandError, one_line, report_errors
from app.settings import SettingsError
from tests.unit.cli.conftest import Hpts, error_of


@pytest.mark.parametrize(
    ("error", "code", "lines"),
    [
        (CommandError("there is [no] database: run `hpts migrate`"), 1, ["hpts: there is [no] database: run `hpts migrate`"]),
        (SettingsError(["HPTS_PORT=x: no", "HPTS_ENV=y: no"]), 2, ["hpts: HPTS_PORT=x: no", "hpts: HPTS_ENV=y: no"]),
        (ValueError("one\u00a0two"), 1, ["hpts: ValueError: one\u00a0two. HPTS_LOG_LEVEL=debug shows where it happened"]),
        (CommandError("answered 502:\n<html>\n</html>"), 1, ["hpts: answered 502: <html> </html>"]),
        (
            PermissionError(13, "Permission denied", "/srv/report.xml"),
            1,
            ["hpts: /srv/report.xml: Permission denied. Choose a file and a folder that this user may read and write"],
        ),
        (CommandError("long " * 100 + "line"), 1, ["hpts: " + "long " * 100 + "line"]),
    ],
)
def test_an_error_is_printed_in_plain_lines(
    error: Exception, code: int, lines: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    def command() -> None:
        raise error

    with pytest.raises(typer.Exit) as stopped:
        report_errors(command)()
    assert stopped.value.exit_code == code
    printed = capsys.readouterr()
    assert (printed.out, printed.err.splitlines()) == ("", lines)


def test_an_error_that_was_not_foreseen_shows_where_it_happened_when_asked_to(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def command() -> None:
        raise ZeroDivisionError("division\nby zero")

    monkeypatch.setenv("HPTS_LOG_LEVEL", "DEBUG")
    with pytest.raises(typer.Exit):
        report_errors(command)()
    *traceback, line = capsys.readouterr().err.splitlines()
    assert "raise ZeroDivisionError" in "".join(traceback)
    assert line == "hpts: ZeroDivisionError: division. HPTS_LOG_LEVEL=debug shows where it happened"


@pytest.mark.parametrize(("message", "line"), [("one\ntwo", "one"), ("", "OSError"), ("  \n", "OSError")])
def test_an_error_in_one_line_is_its_first_or_its_name(message: str, line: str) -> None:
    assert one_line(OSError(message)) == line


def test_an_exit_code_of_the_command_itself_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    def command() -> None:
        raise typer.Exit(3)

    with pytest.raises(typer.Exit) as stopped:
        report_errors(command)()
    assert stopped.value.exit_code == 3
    assert capsys.readouterr().err == ""


def test_a_command_that_succeeds_gets_its_arguments_and_keeps_its_name() -> None:
    seen = []

    def command(number: int, name: str = "x") -> None:
        """Its help."""
        seen.append((number, name))

    wrapped = report_errors(command)
    wrapped(1, name="y")
    assert (seen, wrapped.__name__, wrapped.__doc__) == ([(1, "y")], "command", "Its help.")


def test_a_wrong_setting_is_reported_with_its_name_and_value(hpts: Hpts) -> None:
    code, line = error_of(hpts("migrate", LOG_LEVEL="loud"))
    assert code == 2
    assert line.startswith("hpts: HPTS_LOG_LEVEL=loud")
