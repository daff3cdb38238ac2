"""Entries against their lines: an event posts on its own accounts only, and a reversal mirrors the entry that it names."""

from typing import Final

from sqlalchemy import ColumnElement, Connection, Text, and_, case, cast, exists, literal, not_, or_, select

from app.ledger import chart
from app.ledger.chart import CREDIT, DEBIT
from app.reconciliation.verification.deviations import Deviation, compare_rows
from app.store.tables import journal_entries, journal_lines

LINES_OF_EVENTS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "disbursement": {DEBIT: (chart.PRINCIPAL_RECEIVABLE,), CREDIT: (chart.DISBURSEMENT_CLEARING,)},
    "payment_received": {
        DEBIT: (chart.PAYMENT_CLEARING,),
        CREDIT: (chart.FEES_RECEIVABLE, chart.INTEREST_RECEIVABLE, chart.PRINCIPAL_RECEIVABLE, chart.UNAPPLIED_PAYMENTS),
    },
    "accrual": {DEBIT: (chart.INTEREST_RECEIVABLE,), CREDIT: (chart.INTEREST_INCOME,)},
    "fee_assessed": {DEBIT: (chart.FEES_RECEIVABLE,), CREDIT: (chart.FEE_INCOME,)},
}
"""The accounts that each event debits and credits; an event that is not named here may post on any."""
MAY_HAVE_NO_LINES: Final = ("accrual", "reversal")
REVERSAL: Final = "reversal"
ENTRIES_NAMED: Final = 1_000


def wrong_event_types(connection: Connection, tenant_id: str) -> list[Deviation]:
    """Entries with a line that their event does not post, or without any."""
    line, entry = journal_lines.c, journal_entries.c
    same = and_(line.tenant_id == entry.tenant_id, line.journal_entry_id == entry.journal_entry_id)
    other_line = or_(*(and_(entry.event_type == name, not_(_is_of(sides))) for name, sides in LINES_OF_EVENTS.items()))
    is_missing = and_(line.sequence.is_(None), entry.event_type.not_in(MAY_HAVE_NO_LINES))
    statement = (
        select(entry.journal_entry_id, entry.event_type, line.direction, line.account_code)
        .select_from(journal_entries.outerjoin(journal_lines, same))
        .where(entry.tenant_id == tenant_id, or_(other_line, is_missing))
        .limit(ENTRIES_NAMED)
    )
    return [
        Deviation(f"entry {entry_id} event_type", name, f"another event's: {direction} {code}" if code else "")
        for entry_id, name, direction, code in connection.execute(statement)
    ]


def _is_of(sides: dict[str, tuple[str, ...]]) -> ColumnElement[bool]:
    line = journal_lines.c
    return or_(*(and_(line.direction == side, line.account_code.in_(codes)) for side, codes in sides.items()))


def wrong_reversals(connection: Connection, tenant_id: str) -> list[Deviation]:
    """Reversals that name no entry, entries of other events that name one, and lines that do not mirror those of the entry."""
    line, reversal = journal_lines.c, journal_entries.c
    of_reversal = and_(
        reversal.tenant_id == tenant_id, or_(reversal.event_type == REVERSAL, reversal.reverses_entry_id.is_not(None))
    )
    rest = (
        line.account_code,
        line.amount_minor,
        line.currency,
        line.layer,
        cast(line.loan_id, Text),
        cast(line.borrower_id, Text),
    )
    names = ("account_code", "amount_minor", "currency", "layer", "loan_id", "borrower_id")
    own = and_(line.tenant_id == reversal.tenant_id, line.journal_entry_id == reversal.journal_entry_id)
    reversed_ = and_(line.tenant_id == reversal.tenant_id, line.journal_entry_id == reversal.reverses_entry_id)
    entry_id = cast(reversal.journal_entry_id, Text)
    labelled = [column.label(name) for column, name in zip(rest, names, strict=True)]
    head = (entry_id.label("journal_entry_id"), line.sequence)
    stored = select(*head, line.direction.label("direction"), *labelled).join(journal_entries, own).where(of_reversal)
    mirrored = case((line.direction == DEBIT, CREDIT), else_=DEBIT)
    recomputed = select(*head, mirrored, *labelled).join(journal_entries, reversed_).where(of_reversal)
    return _wrong_links(connection, tenant_id) + compare_rows(connection, "reversal's line", stored, recomputed, key=2)


def _wrong_links(connection: Connection, tenant_id: str) -> list[Deviation]:
    entry, other = journal_entries.c, journal_entries.alias("other").c
    reversed_exists = exists(
        select(literal(1)).where(other.tenant_id == entry.tenant_id, other.journal_entry_id == entry.reverses_entry_id)
    )
    is_reversal = entry.event_type == REVERSAL
    wrong = or_(and_(is_reversal, ~reversed_exists), and_(~is_reversal, entry.reverses_entry_id.is_not(None)))
    statement = select(entry.journal_entry_id, entry.event_type, entry.reverses_entry_id).where(
        entry.tenant_id == tenant_id, wrong
    )
    return [
        Deviation(f"{name} {entry_id} reverses_entry_id", str(reversed_id or ""), "an entry" if name == REVERSAL else "")
        for entry_id, name, reversed_id in connection.execute(statement.limit(ENTRIES_NAMED))
    ]
