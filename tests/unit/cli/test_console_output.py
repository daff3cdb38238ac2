"""The console is wide enough for every table when output is piped, and prints a verdict as `ok` or as the problem."""

import io
import sys

import pytest
from rich.table import Table

from app.cli.console_output import PIPED_WIDTH, console, verdict_text


def test_a_row_that_fits_the_width_stays_on_one_line_when_output_is_piped(monkeypatch: pytest.MonkeyPatch) -> None:
    output = io.StringIO()
    monkeypatch.setattr(sys, "stdout", output)
    table = Table("wide")
    table.add_row("x" * (PIPED_WIDTH - 4))
    console().print(table)
    assert "x" * (PIPED_WIDTH - 4) in output.getvalue()


def test_numbers_and_addresses_in_the_output_have_no_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    output = io.StringIO()
    monkeypatch.setattr(sys, "stdout", output)
    console().print("42 at http://localhost:3000")
    assert output.getvalue() == "42 at http://localhost:3000\n"


def test_a_verdict_is_ok_or_the_problem() -> None:
    assert (verdict_text(True, "drift").plain, verdict_text(False, "drift").plain) == ("ok", "drift")
    assert verdict_text(False, "[bold]").plain == "[bold]"
