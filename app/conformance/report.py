"""What the checks found, as tables."""

from collections.abc import Iterable

from rich.table import Table

from app.conformance.fuzz.shares import Share
from app.conformance.parity import Compared


def differences_table(compared: Iterable[Compared]) -> Table:
    """Each difference between live server and mock, side by side."""
    table = Table("request", "what", "live", "mock", title="Where the mock answers otherwise", title_justify="left")
    for each in compared:
        for difference in each.differences:
            table.add_row(str(each.request), difference.what, difference.live, difference.mock)
    return table


def shares_table(shares: Iterable[Share]) -> Table:
    """How many of the valid postings were accepted, and what the others were answered."""
    table = Table("operation", "valid", "accepted", "share", "refused", title="Valid postings", title_justify="left")
    for each in shares:
        refused = ", ".join(f"{code} {count}" for code, count in sorted(each.refused.items()))
        table.add_row(each.operation, str(each.sent), str(each.accepted), f"{each.value:.0%}", refused)
    return table
