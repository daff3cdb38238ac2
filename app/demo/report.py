"""Prints the table of the demo: some of the loans, the sums of all, and whether the ledger agrees with the lender."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from app.demo.player import PlayedLoan

SHOWN_LOANS: Final = 12
_HEADINGS: Final = ("row", "lent", "fees", "interest", "principal", "still owed", "agrees")


def everything_agrees(played: Sequence[PlayedLoan], status: Mapping[str, Any]) -> bool:
    return all(_agrees(loan) for loan in played) and _is_ok(status)


def print_report(console: Console, played: Sequence[PlayedLoan], status: Mapping[str, Any]) -> None:
    table = Table(*_HEADINGS, title=f"{len(played)} loans of LendingClub, in dollars", box=SIMPLE_HEAD, pad_edge=False)
    for column in table.columns:
        column.justify, column.no_wrap = "right", True
    for loan in played[:SHOWN_LOANS]:
        table.add_row(str(loan.loan.row), *_amounts([loan]), "yes" if _agrees(loan) else "NO")
    if len(played) > SHOWN_LOANS:
        table.add_row("…", f"{len(played) - SHOWN_LOANS} more")
    table.add_section()
    agreeing = sum(_agrees(loan) for loan in played)
    table.add_row("all", *_amounts(played), f"{agreeing} of {len(played)}", style="bold")
    console.print(table)
    _print_verdict(console, played, status)


def _print_verdict(console: Console, played: Sequence[PlayedLoan], status: Mapping[str, Any]) -> None:
    charged_off = [str(loan.loan.row) for loan in played if loan.loan.is_charged_off]
    if charged_off:
        console.print(
            f"Rows {', '.join(charged_off)} are charged off: their balance column is 0.00, the ledger has what is still owed."
        )
    integrity, rollup = status["ledger_integrity"], status["portfolio_rollup"]
    verdict = f"ledger integrity {integrity['status']}, portfolio roll-up {rollup['status']}"
    console.print(f"Reconciliation at {integrity['checked_at']}: {verdict}.", style="green" if _is_ok(status) else "red")


def _agrees(loan: PlayedLoan) -> bool:
    return loan.allocation_matches and loan.balance_matches


def _is_ok(status: Mapping[str, Any]) -> bool:
    parts: list[str] = [status["ledger_integrity"]["status"], status["portfolio_rollup"]["status"]]
    return parts == ["ok", "ok"]


def _amounts(loans: Sequence[PlayedLoan]) -> list[str]:
    columns = (
        [loan.loan.amount_minor for loan in loans],
        [loan.fees_minor for loan in loans],
        [loan.interest_minor for loan in loans],
        [loan.principal_minor for loan in loans],
        [loan.principal_outstanding_minor for loan in loans],
    )
    return [_dollars(sum(column)) for column in columns]


def _dollars(amount_minor: int) -> str:
    return f"{amount_minor // 100:,}.{amount_minor % 100:02d}"
