"""What an attempt makes of a row: attempts are counted once, and what was asked for meanwhile stays due."""

from dataclasses import replace
from datetime import timedelta

from app.store.queries.webhook_attempts import DeliveryRow, EndedAttempt, _after
from app.store.queries.webhook_leases import LeaseKey
from tests.support.events import new_id, noon

NOW = noon()
LATER = NOW + timedelta(seconds=5)
DELIVERED = EndedAttempt(LeaseKey(new_id(), new_id(), "me", 1), new_id(), 1, 1, NOW, LATER, "delivered", None, 200, None, False)
RETRIED = replace(DELIVERED, status="pending", next_attempt_at=LATER + timedelta(seconds=30), response_status=500)


def test_the_first_attempt_makes_the_row() -> None:
    assert _after(None, DELIVERED) == DeliveryRow("delivered", 1, 1, NOW, NOW, None, 200, None)
    assert _after(None, RETRIED).counts == {"tried": 1, "delivered": 0, "pending": 1, "failing": 1}


def test_the_same_attempt_again_changes_nothing() -> None:
    for attempt in (DELIVERED, RETRIED):
        once = _after(None, attempt)
        assert _after(once, attempt) == once


def test_an_attempt_that_disables_leaves_its_entry_pending_and_due() -> None:
    row = _after(None, replace(RETRIED, next_attempt_at=None, response_status=410, disables=True))
    assert (row.status, row.next_attempt_at) == ("pending", LATER)


def test_what_was_asked_for_again_after_the_attempt_began_is_still_due() -> None:
    asked = DeliveryRow("pending", 3, 0, NOW, NOW, NOW + timedelta(seconds=1), 500, None)
    row = _after(asked, replace(DELIVERED, number=4, round_number=1))
    assert (row.status, row.attempt_count, row.round_attempts, row.next_attempt_at) == ("pending", 4, 0, asked.next_attempt_at)
    due = asked._replace(next_attempt_at=NOW)
    assert _after(due, replace(DELIVERED, number=4, round_number=1)).status == "delivered"
