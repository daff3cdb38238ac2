"""Is what is recorded for each account, per effective date and in total, what the journal's lines add up to?"""

from collections import defaultdict
from typing import Any, Final

from sqlalchemy import Connection, Select, Text, cast, func, literal, select, union_all

from app.ledger.accounts import CREDIT, DEBIT
from app.reconcile.drift import Drifted
from app.store.tables import account_days, account_totals, journal_lines

_SEPARATOR: Final = " "
_LINES, _DAYS, _TOTALS = "lines", "days", "totals"


def drifted_accounts(connection: Connection, tenant_id: str) -> set[Drifted]:
    """Accounts where some date's debits or credits, or their total, differ from the lines; so every as-of balance is compared."""
    by_day: defaultdict[tuple[str, ...], int] = defaultdict(int)
    in_total: defaultdict[tuple[str, ...], int] = defaultdict(int)
    for source, key, amount in connection.execute(_statement(tenant_id)):
        side = tuple(key.split(_SEPARATOR))
        amount_minor = int(amount)
        if source == _TOTALS:
            in_total[side] -= amount_minor
            continue
        by_day[side] += amount_minor if source == _LINES else -amount_minor
        if source == _DAYS:
            in_total[side[:-1]] += amount_minor
    unequal = [side for sums in (by_day, in_total) for side, difference in sums.items() if difference]
    return {("account", account_code, currency, layer) for account_code, currency, layer, *_ in unequal}


def _statement(tenant_id: str) -> Select[*tuple[Any, ...]]:
    """One statement, so that it sees one moment: source, key, amount. The key is one text: grouping by it is cheapest."""
    line, days, totals = journal_lines.c, account_days.c, account_totals.c

    def key(columns: Any, *parts: Any) -> Any:
        text = columns.account_code
        for part in (columns.currency, columns.layer, *parts):
            text = text + _SEPARATOR + part
        return text

    def amounts(source: str, columns: Any, by: Any, amount: Any) -> Select[*tuple[Any, ...]]:
        sums = select(literal(source), by.label("key"), cast(func.sum(amount), Text))
        return sums.where(columns.tenant_id == tenant_id).group_by(by)

    parts = [amounts(_LINES, line, key(line, line.direction, cast(line.effective_at, Text)), line.amount_minor)]
    for direction, name in ((DEBIT, "dr_minor"), (CREDIT, "cr_minor")):
        parts.append(amounts(_DAYS, days, key(days, direction, cast(days.effective_at, Text)), days[name]))
        parts.append(amounts(_TOTALS, totals, key(totals, direction), totals[name]))
    return select(union_all(*parts).subquery("sums"))
