"""`hpts contract diff`: lists the breaking and the additive changes between two OpenAPI documents."""

import json
from dataclasses import asdict
from typing import Annotated, Final

import typer
from rich.markup import escape
from rich.table import Table

from app.cli.console_output import console
from app.compatibility.change import Change, ChangeKind
from app.compatibility.compare import diff
from app.compatibility.documents import DocumentUnreadable, read_document

PLACES_SHOWN: Final = 3
"""How many operations are named for one change; any others are only counted."""


def contract_diff(
    old: Annotated[str, typer.Argument(help="The published document: a file or an http(s) address, YAML or JSON.")],
    new: Annotated[str, typer.Argument(help="The document that is to replace it.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the changes as JSON.")] = False,
) -> None:
    """List breaking and additive changes; exit code 1 if one is breaking, 2 if a document cannot be read."""
    try:
        changes = diff(read_document(old), read_document(new))
    except DocumentUnreadable as unreadable:
        typer.echo(f"hpts: {unreadable}", err=True)
        raise typer.Exit(2) from None
    breaking = sum(each.kind is ChangeKind.BREAKING for each in changes)
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
        style = "bold red" if each.kind is ChangeKind.BREAKING else "green"
        table.add_row(f"[{style}]{each.kind}[/]", escape(_where(each)), escape(each.text), each.rule)
    return table


def _where(change: Change) -> str:
    more = len(change.where) - PLACES_SHOWN
    return "\n".join(change.where[:PLACES_SHOWN]) + (f"\nand {more} more" if more > 0 else "")
