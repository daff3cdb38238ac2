"""When an entry is sent again: the steps of the contract, a fifth more or less, and what the receiver asks for."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest

from app.webhooks.retry_schedule import RETRY_AFTER_MAX, RETRY_SECONDS, is_given_up, next_attempt_at, retry_after_seconds

NOW = datetime(2026, 11, 22, 21, 40, 15, tzinfo=UTC)
HOUR = 3600


def pause(round_attempts: int, retry_after: str | None, chance: float) -> float:
    moment = next_attempt_at(round_attempts, NOW, retry_after, chance)
    assert moment is not None
    return (moment - NOW).total_seconds()


def test_the_steps_are_those_of_the_contract() -> None:
    steps = (5, 30, 300, 1800, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR)
    assert [pause(attempt, None, 0.5) for attempt in range(1, 11)] == pytest.approx(steps)
    assert steps == RETRY_SECONDS
    assert all(earlier < later for earlier, later in pairwise(steps))


def test_after_the_last_step_there_is_no_further_attempt() -> None:
    assert next_attempt_at(11, NOW, None, 0.5) is None
    assert next_attempt_at(11, NOW, "60", 0.5) is None


@pytest.mark.parametrize("attempt", range(1, 11))
def test_a_pause_is_up_to_a_fifth_shorter_or_longer(attempt: int) -> None:
    step = RETRY_SECONDS[attempt - 1]
    assert pause(attempt, None, 0.0) == pytest.approx(step * 0.8)
    assert pause(attempt, None, 1.0) == pytest.approx(step * 1.2)


def test_retry_after_is_kept_to_and_exceeded_by_a_fifth_at_most() -> None:
    for chance in (0.0, 0.3, 1.0):
        assert 600 <= pause(1, "600", chance) <= 720
        assert HOUR <= pause(2, format_datetime(NOW + timedelta(hours=1), usegmt=True), chance) <= 1.2 * HOUR


def test_the_step_of_the_schedule_counts_where_it_is_longer() -> None:
    assert pause(5, "60", 0.5) == pytest.approx(2 * HOUR)


def test_retry_after_in_every_form() -> None:
    in_an_hour = NOW + timedelta(hours=1)
    forms = {
        "0": 0,
        "120": 120,
        " 120 ": 120,
        "86400": 86_400,
        "86401": RETRY_AFTER_MAX,
        "9" * 5_000: RETRY_AFTER_MAX,
        format_datetime(in_an_hour, usegmt=True): HOUR,
        "Sunday, 22-Nov-26 22:40:15 GMT": HOUR,
        "Sun Nov 22 22:40:15 2026": HOUR,
        "Sun, 22 Nov 2020 22:40:15 GMT": 0,
        "Sun, 22 Nov 2099 22:40:15 GMT": RETRY_AFTER_MAX,
        "Mon, 01 Jan 99999999999999999999 00:00:00 GMT": 0,
        **dict.fromkeys(("-5", "1.5", "soon", "", "٣", "Sun, 99 Nov 2026 22:40:15 GMT"), 0),
    }
    assert {form: retry_after_seconds(form, NOW) for form in forms} == forms
    assert retry_after_seconds(None, NOW) == 0


def test_an_endpoint_is_given_up_after_five_days_of_failures() -> None:
    assert not is_given_up(NOW, NOW + timedelta(days=5, seconds=-1))
    assert is_given_up(NOW, NOW + timedelta(days=5))
