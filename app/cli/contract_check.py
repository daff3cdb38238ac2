"""`hpts contract check`: whether a deployment keeps the contract."""

import secrets
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape

from app.cli.console_output import console
from app.cli.error_reporting import CommandError
from app.conformance.checks import Check, Conformance, Deployment, Status, Verdict
from app.conformance.report import STYLES, Result, results_table, write_html, write_junit
from app.contract.routing_view import BASE_PATH

SEEDS: Final = 2**32
LINES_SHOWN: Final = 60
"""Lines that are printed of what one check found."""


def contract_check(
    url: Annotated[str, typer.Argument(help="The deployment, such as http://localhost:3000/v1.")],
    token: Annotated[str | None, typer.Option(envvar="HPTS_TOKEN", help="A token of a tenant that is made for this.")] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Post as well, to loans made for it; needs a token with all scopes.")
    ] = False,
    stranger: Annotated[str | None, typer.Option(help="A token of another tenant, which must see nothing.")] = None,
    loan: Annotated[list[str] | None, typer.Option(help="A loan that is there and may be read, repeatable.")] = None,
    seed: Annotated[int | None, typer.Option(help="Replays an earlier run.", show_default="a new one", min=0)] = None,
    junit: Annotated[Path | None, typer.Option(help="Write a JUnit report to this file.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write a page to this file.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Show what Schemathesis prints, as it comes.")] = False,
) -> None:
    """Check a deployment against the contract, reading only; exit code 1 when it breaks it."""
    if write and token is None:
        raise CommandError("--write posts to the ledger, so it needs --token or HPTS_TOKEN")
    deployment = Deployment(
        url=f"{url.rstrip('/').removesuffix(BASE_PATH)}{BASE_PATH}",
        token=token,
        stranger=stranger,
        loans=tuple(loan or ()),
        writes=write,
        seed=secrets.randbelow(SEEDS) if seed is None else seed,
    )
    out = console()
    results = list(_run(out, deployment, verbose))
    out.print(results_table(results))
    if junit:
        write_junit(junit, results)
    if html:
        write_html(html, deployment.url, results)
    if any(each.verdict.status is Status.FAILED for each in results):
        raise typer.Exit(1)


def _run(out: Console, deployment: Deployment, verbose: bool) -> Iterator[Result]:
    """Each check in turn, told when it begins and when it ends; after a vital one that failed the others are not tried."""
    conformance = Conformance(deployment)
    if verbose:
        conformance.show = partial(out.print, end="", markup=False)
    missing = ""
    for check in conformance.checks():
        began = perf_counter()
        verdict = Verdict(Status.SKIPPED, f"not tried without {missing}") if missing else _told(out, check)
        if check.is_vital and verdict.status is Status.FAILED:
            missing = check.name
        yield Result(check.name, verdict, perf_counter() - began)


def _told(out: Console, check: Check) -> Verdict:
    if not out.is_terminal:
        out.print(f"{check.name} …")
    with out.status(f"{check.name} …"):
        verdict = check.run()
    style = STYLES[verdict.status]
    out.print(f"[{style}]{verdict.status}[/] {escape(check.name)}: {escape(verdict.summary)}")
    lines = "\n".join(verdict.details).splitlines()
    out.print("\n".join(lines[:LINES_SHOWN]), markup=False, end="\n" if lines else "")
    if len(lines) > LINES_SHOWN:
        out.print(f"… and {len(lines) - LINES_SHOWN} more lines; --html and --junit write them all")
    return verdict
