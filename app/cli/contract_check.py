"""`hpts contract check`: checks whether a deployment conforms to the contract, and reports the verdict of each check."""

import os
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
from app.conformance.checks import CheckStatus, Conformance, Deployment, DeploymentCheck, Verdict
from app.conformance.report import STYLES, CheckResult, results_table, write_html, write_junit
from app.conformance.tls_files import TlsFiles
from app.contract.routing_view import BASE_PATH

SEEDS: Final = 2**32
LINES_SHOWN: Final = 60
"""How many lines are printed of the failures of one check."""


def contract_check(
    url: Annotated[str, typer.Argument(help="The deployment, such as http://localhost:3000/v1.")],
    token: Annotated[
        str | None, typer.Option(envvar="HPTS_TOKEN", help="A token, best of a tenant that is used for checks only.")
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Also post, to loans that the check opens; needs a token with all scopes.")
    ] = False,
    other_tenant_token: Annotated[
        str | None,
        typer.Option("--other-tenant-token", "--stranger", help="A token of another tenant, which must not see the loans."),
    ] = None,
    cert: Annotated[Path | None, typer.Option(help="A client certificate to show, a PEM file.")] = None,
    key: Annotated[Path | None, typer.Option(help="Its private key, if it is in a file of its own.")] = None,
    ca_cert: Annotated[
        Path | None, typer.Option(help="The authority of the deployment's certificate, if this machine does not know it.")
    ] = None,
    loan: Annotated[list[str] | None, typer.Option(help="The id of an existing loan that may be read; repeatable.")] = None,
    entry: Annotated[list[str] | None, typer.Option(help="The id of a journal entry that may be read; it names a loan.")] = None,
    strict: Annotated[
        bool | None,
        typer.Option(help="Fail when an operation is never seen to succeed.", show_default="strict where CI is set"),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Repeats an earlier run.", show_default="a new one", min=0)] = None,
    junit: Annotated[Path | None, typer.Option(help="Write a JUnit report to this file.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write an HTML report to this file.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Show the output of Schemathesis as it is printed.")] = False,
) -> None:
    """Check a deployment against the contract, only reading by default; exit code 1 if any check fails."""
    if write and token is None:
        raise CommandError("--write posts to the ledger, so it needs --token or HPTS_TOKEN")
    deployment = Deployment(
        url=f"{url.rstrip('/').removesuffix(BASE_PATH)}{BASE_PATH}",
        token=token,
        tls=_tls_files(cert, key, ca_cert),
        other_tenant_token=other_tenant_token,
        loans=tuple(loan or ()),
        entries=tuple(entry or ()),
        writes=write,
        is_strict=runs_in_ci() if strict is None else strict,
        seed=secrets.randbelow(SEEDS) if seed is None else seed,
    )
    out = console()
    results = list(_run_checks(out, deployment, verbose))
    out.print(results_table(results))
    _write_reports(results, deployment.url, junit, html)
    if any(each.verdict.status is CheckStatus.FAILED for each in results):
        raise typer.Exit(1)


def _write_reports(results: list[CheckResult], url: str, junit: Path | None, html: Path | None) -> None:
    if junit:
        write_junit(junit, results)
    if html:
        write_html(html, url, results)


def _tls_files(cert: Path | None, key: Path | None, ca_cert: Path | None) -> TlsFiles:
    if key is not None and cert is None:
        raise CommandError("--key is the key of a client certificate, so it needs --cert")
    files = TlsFiles(*(None if each is None else str(each) for each in (cert, key, ca_cert)))
    try:
        files.for_httpx()
    except OSError as error:
        given = ", ".join(str(each) for each in (cert, key, ca_cert) if each is not None)
        raise CommandError(
            f"{given} cannot be used: {error}. Give PEM files, and a key that belongs to the certificate"
        ) from error
    return files


def runs_in_ci() -> bool:
    """CI systems set the variable CI, most of them to `true`."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def _run_checks(out: Console, deployment: Deployment, verbose: bool) -> Iterator[CheckResult]:
    """Runs the checks in order; after a vital one has failed, the others are skipped."""
    conformance = Conformance(deployment)
    if verbose:
        conformance.show = partial(out.print, end="", markup=False, emoji=False, soft_wrap=True)
    failed_vital = ""
    for check in conformance.checks():
        began = perf_counter()
        if failed_vital:
            verdict = Verdict(CheckStatus.SKIPPED, f"skipped, because {failed_vital} failed")
        else:
            verdict = _run_and_print(out, check)
        if check.is_vital and verdict.status is CheckStatus.FAILED:
            failed_vital = check.name
        yield CheckResult(check.name, verdict, perf_counter() - began)


def _run_and_print(out: Console, check: DeploymentCheck) -> Verdict:
    if not out.is_terminal:
        out.print(f"{check.name} …")
    with out.status(f"{check.name} …"):
        verdict = check.run()
    style = STYLES[verdict.status]
    out.print(f"[{style}]{verdict.status}[/] {escape(check.name)}: {escape(verdict.summary)}")
    lines = "\n".join(verdict.details).splitlines()
    # Lines are not folded, so that a command among them can be pasted.
    out.print("\n".join(lines[:LINES_SHOWN]), markup=False, emoji=False, soft_wrap=True, end="\n" if lines else "")
    if len(lines) > LINES_SHOWN:
        out.print(f"… and {len(lines) - LINES_SHOWN} more lines; --html and --junit write them all")
    return verdict
