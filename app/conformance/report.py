"""What the checks found: tables for people, JUnit for machines, a page to keep."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from jinja2 import Environment, FileSystemLoader
from rich.markup import escape
from rich.table import Table

from app.conformance.checks import Status, Verdict
from app.conformance.fuzz.acceptance_rate import Share
from app.conformance.parity import Compared

TEMPLATES: Final = Path(__file__).parent / "templates"
STYLES: Final = {Status.PASSED: "green", Status.FAILED: "bold red", Status.SKIPPED: "dim"}
SUITE: Final = "hpts contract check"


@dataclass(frozen=True, slots=True)
class Result:
    """A check that was run, and how long it took."""

    name: str
    verdict: Verdict
    seconds: float


def results_table(results: Iterable[Result]) -> Table:
    table = Table("check", "verdict", "what was found", "seconds", title_justify="left")
    for each in results:
        style = STYLES[each.verdict.status]
        table.add_row(each.name, f"[{style}]{each.verdict.status}[/]", escape(each.verdict.summary), f"{each.seconds:.1f}")
    return table


def differences_table(compared: Iterable[Compared]) -> Table:
    """Each difference between live server and mock, side by side."""
    table = Table("request", "what", "live", "mock", title="Where the mock answers otherwise", title_justify="left")
    for each in compared:
        for difference in each.differences:
            table.add_row(*map(escape, (str(each.request), difference.what, difference.live, difference.mock)))
    return table


def shares_table(shares: Iterable[Share]) -> Table:
    """How many of the valid postings were accepted, and what the others were answered."""
    table = Table("operation", "valid", "accepted", "share", "refused", title="Valid postings", title_justify="left")
    for each in shares:
        refused = ", ".join(f"{code} {count}" for code, count in sorted(each.refused.items()))
        table.add_row(each.operation, str(each.sent), str(each.accepted), f"{each.value:.0%}", refused)
    return table


def write_junit(path: Path, results: Sequence[Result]) -> None:
    """One test case for each check, as CI systems read it."""
    counts = {status: str(sum(each.verdict.status is status for each in results)) for status in Status}
    suite = ElementTree.Element(
        "testsuite",
        name=SUITE,
        tests=str(len(results)),
        failures=counts[Status.FAILED],
        skipped=counts[Status.SKIPPED],
        errors="0",
        time=f"{sum(each.seconds for each in results):.3f}",
    )
    for each in results:
        case = ElementTree.SubElement(suite, "testcase", classname=SUITE, name=each.name, time=f"{each.seconds:.3f}")
        if each.verdict.status is Status.FAILED:
            failure = ElementTree.SubElement(case, "failure", message=_printable(each.verdict.summary))
            failure.text = _printable("\n\n".join(each.verdict.details))
        elif each.verdict.status is Status.SKIPPED:
            ElementTree.SubElement(case, "skipped", message=_printable(each.verdict.summary))
    root = ElementTree.Element("testsuites")
    root.append(suite)
    path.write_bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def write_html(path: Path, url: str, results: Sequence[Result]) -> None:
    """A page that needs nothing beside it."""
    page = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True).get_template("report.html")
    began = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    path.write_text(page.render(url=url, began=began, results=results), encoding="utf-8")


def _printable(text: str) -> str:
    """The text without the control characters that XML does not admit."""
    return "".join(each if each.isprintable() or each in "\n\t" else "\N{REPLACEMENT CHARACTER}" for each in text)
