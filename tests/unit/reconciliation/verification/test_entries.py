"""An entry's event and the entry that it reverses are told by the lines."""

import pytest

from app.reconciliation.verification.entries import wrong_event_types, wrong_reversals
from tests.unit.reconciliation.verification.conftest import Find

OF_TENANT = "WHERE tenant_id = '{tenant}'"
REVERSAL = f"{OF_TENANT} AND event_type = 'reversal'"
FEE = f"(SELECT journal_entry_id FROM journal_entries {OF_TENANT} AND event_type = 'fee_assessed')"
TAMPERINGS = {
    "a dropped link": (f"UPDATE journal_entries SET reverses_entry_id = NULL {REVERSAL}", "stored nothing, recomputed an entry"),
    "a redirected link": (f"UPDATE journal_entries SET reverses_entry_id = {FEE} {REVERSAL}", "reversal's line"),
    "a link into nothing": (f"UPDATE journal_entries SET reverses_entry_id = event_id {REVERSAL}", "recomputed an entry"),
    "a link of another event": (
        f"UPDATE journal_entries SET reverses_entry_id = {FEE} {OF_TENANT} AND event_type = 'accrual'",
        "recomputed nothing",
    ),
    "a reversal called otherwise": (f"UPDATE journal_entries SET event_type = 'disbursement' {REVERSAL}", "stored disbursement"),
    **{
        f"{name} called otherwise": (
            f"UPDATE journal_entries SET event_type = '{other}' {OF_TENANT} AND event_type = '{name}'",
            f"event_type: stored {other}, recomputed another event's",
        )
        for name, other in (
            ("disbursement", "payment_received"),
            ("payment_received", "accrual"),
            ("accrual", "fee_assessed"),
            ("fee_assessed", "disbursement"),
        )
    },
    "an entry without lines": (
        f"DELETE FROM journal_lines {OF_TENANT} AND journal_entry_id = {FEE}",
        "event_type: stored fee_assessed, recomputed nothing",
    ),
}


@pytest.mark.parametrize("name", TAMPERINGS)
async def test_what_the_lines_do_not_tell_is_found(find: Find, name: str) -> None:
    assert await find(wrong_event_types, wrong_reversals) == ""
    statement, expected = TAMPERINGS[name]
    assert expected in await find(wrong_event_types, wrong_reversals, after=statement)
