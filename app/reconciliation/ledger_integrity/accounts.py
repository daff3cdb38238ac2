"""Whether the journal's lines add up to what is recorded of every account, on each effective date and in total.

Since every date is compared, every as-of balance is compared.
"""

from collections import defaultdict
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, Text, cast, func, literal, select, union_all

from app.ledger.chart import CREDIT, DEBIT
from app.reconciliation.ledger_integrity.mismatch import Mismatch
from app.store.tables import account_days, account_totals, journal_lines

_LINES, _DAYS, _TOTALS = "lines", "days", "totals"
_CODE, _DIRECTION, _DAY, _CURRENCY = 4, 6, 16, 19
"""Where the parts of a key end; the layer is the rest."""
_NO_DAY: Final = "          "


def mismatched_accounts(connection: Connection, tenant_id: str) -> set[Mismatch]:
    """Accounts where the debits or credits of a date, or in total, differ."""
    differences: defaultdict[str, int] = defaultdict(int)
    for source, key, amount in connection.execute(_statement(tenant_id)):
        differences[key] += int(amount) if source == _LINES else -int(amount)
        if source == _LINES:
            differences[key[:_DIRECTION] + _NO_DAY + key[_DAY:]] += int(amount)
    unequal = [key for key, difference in differences.items() if difference]
    return {("account", key[:_CODE], key[_DAY:_CURRENCY], key[_CURRENCY:]) for key in unequal}


def _statement(tenant_id: str) -> Select[*tuple[Any, ...]]:
    """One statement, so that it sees one moment: source, key, amount. Grouping by one text of fixed places is cheapest."""
    line, day, total = journal_lines.c, account_days.c, account_totals.c
    parts = [_amounts(_LINES, tenant_id, line, line.direction, cast(line.effective_at, Text), line.amount_minor)]
    for side, name in ((DEBIT, "dr_minor"), (CREDIT, "cr_minor")):
        parts.append(_amounts(_DAYS, tenant_id, day, literal(side), cast(day.effective_at, Text), day[name]))
        parts.append(_amounts(_TOTALS, tenant_id, total, literal(side), literal(_NO_DAY), total[name]))
    return select(union_all(*parts).subquery("sums"))


def _amounts(
    source: str, tenant_id: str, of: Any, side: ColumnElement[str], day: ColumnElement[str], amount: ColumnElement[int]
) -> Select[*tuple[Any, ...]]:
    key = (of.account_code + side + day + of.currency + of.layer).label("key")
    return select(literal(source), key, cast(func.sum(amount), Text)).where(of.tenant_id == tenant_id).group_by(key)
