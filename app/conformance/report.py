"""Reports of the checks: tables for the terminal, a JUnit file for CI systems and an HTML page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from jinja2 import Environment, FileSystemLoader
from rich.markup import escape
from rich.table import Table

from app.conformance.checks import CheckStatus, Verdict
from app.conformance.fuzz.acceptance_rate import AcceptanceRate
from app.conformance.parity import ComparedAnswers

TEMPLATES: Final = Path(__file__).parent / "templates"
STYLES: Final = {
    CheckStatus.PASSED: "green",
    CheckStatus.WARNED: "yellow",
    CheckStatus.FAILED: "bold red",
    CheckStatus.SKIPPED: "dim",
}
SUITE: Final = "hpts contract check"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The verdict of one check, and how long the check took."""

    name: str
    verdict: Verdict
    seconds: float


def results_table(results: Iterable[CheckResult]) -> Table:
    table = Table("check", "verdict", "what was found", "seconds", title_justify="left")
    for each in results:
        style = STYLES[each.verdict.status]
        table.add_row(each.name, f"[{style}]{each.verdict.status}[/]", escape(each.verdict.summary), f"{each.seconds:.1f}")
    return table


def differences_table(compared: Iterable[ComparedAnswers]) -> Table:
    """Each difference between the live server and the mock in one row."""
    table = Table("request", "what", "live", "mock", title="Requests that the mock answers differently", title_justify="left")
    for each in compared:
        for difference in each.differences:
            table.add_row(*map(escape, (str(each.request), difference.what, difference.live, difference.mock)))
    return table


def acceptance_rates_table(rates: Iterable[AcceptanceRate]) -> Table:
    """How many of the valid postings were accepted, and with which codes the others were refused."""
    table = Table("operation", "valid", "accepted", "rate", "refused", title="Valid postings", title_justify="left")
    for each in rates:
        refused = ", ".join(f"{code} {count}" for code, count in sorted(each.refused.items()))
        table.add_row(each.operation, str(each.sent), str(each.accepted), f"{each.rate:.0%}", refused)
    return table


def write_junit(path: Path, results: Sequence[CheckResult]) -> None:
    """One test case for each check."""
    counts = {status: str(sum(each.verdict.status is status for each in results)) for status in CheckStatus}
    suite = ElementTree.Element(
        "testsuite",
        name=SUITE,
        tests=str(len(results)),
        failures=counts[CheckStatus.FAILED],
        skipped=counts[CheckStatus.SKIPPED],
        errors="0",
        time=f"{sum(each.seconds for each in results):.3f}",
    )
    for each in results:
        case = ElementTree.SubElement(suite, "testcase", classname=SUITE, name=each.name, time=f"{each.seconds:.3f}")
        if each.verdict.status is CheckStatus.FAILED:
            failure = ElementTree.SubElement(case, "failure", message=_printable(each.verdict.summary))
            failure.text = _printable("\n\n".join(each.verdict.details))
        elif each.verdict.status is CheckStatus.SKIPPED:
            ElementTree.SubElement(case, "skipped", message=_printable(each.verdict.summary))
    root = ElementTree.Element("testsuites")
    root.append(suite)
    path.write_bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def write_html(path: Path, url: str, results: Sequence[CheckResult]) -> None:
    """A page in one file, without scripts and external styles."""
    page = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True).get_template("report.html")
    began = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    path.write_text(page.render(url=url, began=began, results=results), encoding="utf-8")


def _printable(text: str) -> str:
    """The text with a replacement character for each control character, which XML does not allow."""
    return "".join(each if each.isprintable() or each in "\n\t" else "\N{REPLACEMENT CHARACTER}" for each in text)
