"""`hpts contract diff`: breaking and additive changes between two OpenAPI documents."""

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from app.cli.console_output import console
from app.compatibility.change import Change, Kind
from app.compatibility.compare import diff
from app.compatibility.documents import DocumentUnreadable, read

PLACES_SHOWN = 3
"""Operations that are named for one change; the others are counted."""


def contract_diff(
    old: Annotated[str, typer.Argument(help="The document that was promised: a file or an address, YAML or JSON.")],
    new: Annotated[str, typer.Argument(help="The document that is to replace it.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the changes as JSON.")] = False,
) -> None:
    """Tell breaking from additive changes; exit code 1 on a breaking one, 2 when a document cannot be read."""
    try:
        changes = diff(read(old), read(new))
    except DocumentUnreadable as unreadable:
        typer.echo(f"hpts: {unreadable}", err=True)
        raise typer.Exit(2) from None
    breaking = sum(each.kind is Kind.BREAKING for each in changes)
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in changes], indent=2))
    elif changes:
        console().print(_table(changes))
    if not as_json:
        typer.echo(f"{breaking} breaking, {len(changes) - breaking} additive")
    if breaking:
        raise typer.Exit(1)


def _table(changes: list[Change]) -> Table:
    table = Table("", "where", "what", "rule", title_justify="left")
    for each in changes:
        style = "bold red" if each.kind is Kind.BREAKING else "green"
        table.add_row(f"[{style}]{each.kind}[/]", escape(_where(each)), escape(each.text), each.rule)
    return table


def _where(change: Change) -> str:
    more = len(change.where) - PLACES_SHOWN
    return "\n".join(change.where[:PLACES_SHOWN]) + (f"\nand {more} more" if more > 0 else "")
