"""`hpts contract diff`: lists the breaking and the additive changes between two OpenAPI documents."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.markup import escape
from rich.table import Table

from app.cli.console_output import console
from app.compatibility.accepted import AcceptedUnreadable, Agreement, agree, read_accepted
from app.compatibility.change import Change, ChangeKind
from app.compatibility.compare import diff
from app.compatibility.documents import DocumentUnreadable, read_document

PLACES_SHOWN: Final = 3
"""How many operations are named for one change; any others are only counted."""


def contract_diff(
    old: Annotated[str, typer.Argument(help="The published document: a file or an http(s) address, YAML or JSON.")],
    new: Annotated[str, typer.Argument(help="The document that is to replace it.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the changes as JSON.")] = False,
    accept: Annotated[
        Path | None, typer.Option(help="A file of agreed breaking changes: place and rule of --json, one a line.")
    ] = None,
) -> None:
    """List breaking and additive changes; exit code 1 if one is breaking and not agreed, 2 if a file cannot be read."""
    try:
        changes = diff(read_document(old), read_document(new))
        agreement = agree(changes, read_accepted(accept) if accept else ())
    except (DocumentUnreadable, AcceptedUnreadable) as unreadable:
        typer.echo(f"hpts: {unreadable}", err=True)
        raise typer.Exit(2) from None
    breaking = [each for each in changes if each.kind is ChangeKind.BREAKING]
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in changes], indent=2))
    elif changes:
        console().print(_table(changes, agreement))
    if not as_json:
        agreed = f", of which {len(breaking) - len(agreement.refused)} agreed" if accept else ""
        typer.echo(f"{len(breaking)} breaking{agreed}, {len(changes) - len(breaking)} additive")
    for place, rule in agreement.unused:
        typer.echo(f"hpts: {accept}: {place} {rule} is agreed, but was not changed", err=True)
    if agreement.refused:
        raise typer.Exit(1)


def _table(changes: list[Change], agreement: Agreement) -> Table:
    table = Table("", "where", "what", "rule", title_justify="left")
    for each in changes:
        table.add_row(_kind(each, agreement), escape(_where(each)), escape(each.text), each.rule)
    return table


def _kind(change: Change, agreement: Agreement) -> str:
    if change in agreement.refused:
        return "[bold red]breaking[/]"
    return "[green]additive[/]" if change.kind is ChangeKind.ADDITIVE else "[yellow]agreed[/]"


def _where(change: Change) -> str:
    more = len(change.where) - PLACES_SHOWN
    return "\n".join(change.where[:PLACES_SHOWN]) + (f"\nand {more} more" if more > 0 else "")
