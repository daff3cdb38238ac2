"""Balances computed from journal lines in the simplest way, to compare the ledger's own balances with."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from app.ledger.entry import Entry

SIGNS = {"1100": 1, "1200": 1, "1300": 1, "2100": -1}


def net(entries: Iterable[Entry]) -> int:
    """Debits less credits over all lines."""
    return sum(line.amount_minor if line.direction == "DR" else -line.amount_minor for entry in entries for line in entry.lines)


def balances(entries: Iterable[Entry], as_of: date) -> dict[tuple[str, str], int]:
    """The balance of each loan and account on the account's normal side."""
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    for entry in entries:
        if entry.effective_at <= as_of:
            for line in entry.lines:
                if line.loan_id is not None:
                    signed = line.amount_minor if line.direction == "DR" else -line.amount_minor
                    sums[line.loan_id, line.account_code] += SIGNS[line.account_code] * signed
    return dict(sums)


def dates(entries: Iterable[Entry]) -> set[date]:
    return {entry.effective_at for entry in entries}
