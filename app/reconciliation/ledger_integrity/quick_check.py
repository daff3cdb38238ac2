"""Whether accounts and entries are right: as exact as the checks that name what is wrong, in a fraction of their time.

Two questions, each one statement that sees one moment: do the lines add up to what is recorded of every account and date, and
does every entry balance? Only where the answer is no are the checks of `accounts` and `entries` run.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Integer, Select, Text, case, cast, func, literal, or_, select, union_all

from app.ledger.chart import DEBIT
from app.reconciliation.ledger_integrity.layers import LayerKey, is_in, layers_of, unbalanced
from app.store.tables import account_days, account_totals, journal_entries, journal_lines

_ALL_DATES: Final = ""
_COMPLETENESS: Final = -1
_KEYS_OF_LAYER: Final = 100_000
"""More than twice the account codes, so that a number holds layer, account and side: the cheapest to group by."""
_UNKNOWN_LAYER: Final = -1


def lines_add_up(connection: Connection, tenant_id: str) -> bool:
    """Whether the lines add up to each account's recorded debits and credits, by date and in total, and every entry is complete.

    An entry of n lines has the sequences 1 to n: 1, 3, 5 and so on, the n-th odd number being 2n - 1, add up to n squared.
    """
    differences: defaultdict[tuple[int, str], int] = defaultdict(int)
    for is_line, key, day, amount, odd_numbers in connection.execute(_sums(tenant_id, layers_of(connection, tenant_id))):
        differences[key, day] += int(amount)
        if is_line:
            differences[key, _ALL_DATES] += int(amount)
            differences[_COMPLETENESS, day] += int(odd_numbers)
    return not any(differences.values())


def entries_balance(connection: Connection, tenant_id: str) -> bool:
    """Whether every entry does, in every currency and layer; one pass in the order of the lines' key."""
    layers = layers_of(connection, tenant_id)
    if not layers:
        return True
    line = journal_lines.c
    entries = select(line.journal_entry_id).where(line.tenant_id == tenant_id).group_by(line.journal_entry_id)
    return connection.execute(entries.having(or_(*unbalanced(layers))).limit(1)).first() is None


def _sums(tenant_id: str, layers: Sequence[LayerKey]) -> Select[*tuple[Any, ...]]:
    """Whether of lines, key, date, amount, odd numbers; what is recorded comes with a minus."""
    line, day, total, entry = journal_lines.c, account_days.c, account_totals.c, journal_entries.c
    key = _key(line, layers, case((line.direction == DEBIT, 1), else_=0))
    of_lines = select(
        literal(1), key.label("key"), cast(line.effective_at, Text), func.sum(line.amount_minor), func.sum(2 * line.sequence - 1)
    ).group_by(key.label("key"), line.effective_at)
    of_entries = _recorded(
        literal(_COMPLETENESS), cast(entry.effective_at, Text), func.sum(entry.line_count * entry.line_count)
    ).group_by(entry.effective_at)
    parts = [of_lines.where(line.tenant_id == tenant_id), of_entries.where(entry.tenant_id == tenant_id)]
    for side, name in ((literal(1), "dr_minor"), (literal(0), "cr_minor")):
        of_days = _recorded(_key(day, layers, side), cast(day.effective_at, Text), day[name])
        of_totals = _recorded(_key(total, layers, side), literal(_ALL_DATES), total[name])
        parts += [of_days.where(day.tenant_id == tenant_id), of_totals.where(total.tenant_id == tenant_id)]
    return select(union_all(*parts).subquery("sums"))


def _recorded(key: ColumnElement[int], day: ColumnElement[str], amount: ColumnElement[int]) -> Select[*tuple[Any, ...]]:
    return select(literal(0), key, day, -amount, literal(0))


def _key(of: Any, layers: Sequence[LayerKey], side: ColumnElement[int]) -> ColumnElement[int]:
    numbers = [(is_in(of, layer), number) for number, layer in enumerate(layers)]
    layer_number = case(*numbers, else_=_UNKNOWN_LAYER) if numbers else literal(_UNKNOWN_LAYER)
    return layer_number * _KEYS_OF_LAYER + cast(of.account_code, Integer) * 2 + side
