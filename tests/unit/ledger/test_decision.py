"""A posting's context refuses dates after tomorrow in UTC, and makes the entry with all that the event does not say itself."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.ledger.decision import Decision
from app.ledger.entry import Entry, Line
from app.ledger.refusals import EffectiveDateInFuture
from tests.support.events import day, noon
from tests.unit.ledger.support import TENANT, TRACE, context, entry_of, error

LINES = [Line("1300", "DR", 5, "USD"), Line("4100", "CR", 5, "USD")]


@pytest.mark.parametrize("offset", [-10_000, 0, 1])
def test_a_date_may_lie_in_the_past_and_up_to_tomorrow(offset: int) -> None:
    context().require_not_future(day(offset))
    assert entry_of(LINES, day(offset)).effective_at == day(offset)


def test_a_date_after_tomorrow_is_refused_with_the_latest_date() -> None:
    with pytest.raises(EffectiveDateInFuture) as refused:
        context().require_not_future(day(2))
    message = f"may be {day(1)} (tomorrow in UTC) at the latest"
    assert refused.value.detail == f"{day(2)}: {message}"
    assert refused.value.field_errors == error("/effective_at", "effective_date_in_future", message)


def test_a_date_with_another_name_is_refused_under_that_name() -> None:
    with pytest.raises(EffectiveDateInFuture) as refused:
        context().require_not_future(day(2), "/accrual_date")
    assert [each.field for each in refused.value.field_errors] == ["/accrual_date"]


def test_tomorrow_is_told_by_the_day_in_utc_up_to_its_last_moment() -> None:
    last_moment = context()._replace(now=datetime(2026, 3, 31, 23, 59, 59, 999_999, tzinfo=UTC))
    last_moment.require_not_future(day(1))
    with pytest.raises(EffectiveDateInFuture):
        last_moment.require_not_future(day(2))


def test_an_entry_carries_the_context_and_what_the_event_says() -> None:
    details: dict[str, Any] = {"method": "ach", "destination_ref": None, "metadata": {}}
    made = context(4).entry("fee_assessed", day(-3), LINES, details, description="late", reverses_entry_id="entry-1")
    assert made == Entry(
        tenant_id=TENANT,
        journal_entry_id="entry-4",
        event_id="event-4",
        event_type="fee_assessed",
        effective_at=day(-3),
        posted_at=noon(),
        lines=LINES,
        correlation_id=TRACE,
        actor="teller",
        reverses_entry_id="entry-1",
        description="late",
        details={"method": "ach", "metadata": {}},
        idempotency_key="key-4",
    )


@pytest.mark.parametrize("details", [{}, {"metadata": None}])
def test_an_entry_without_any_detail_has_none(details: dict[str, None]) -> None:
    made = context().entry("reversal", day(0), LINES, details)
    assert (made.details, made.description, made.reverses_entry_id) == (None, None, None)


def test_a_decision_opens_and_accrues_no_loan_unless_it_says_so() -> None:
    decision = Decision(entry_of(LINES, day(0)), {})
    assert (decision.opens, decision.accrues) == (None, ())
