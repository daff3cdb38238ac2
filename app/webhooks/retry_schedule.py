"""When an entry that was not acknowledged is sent again, and when no longer: functions without clock or dice."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

_MINUTE: Final = 60
_HOUR: Final = 3_600
RETRY_SECONDS: Final = (
    5,
    30,
    5 * _MINUTE,
    30 * _MINUTE,
    2 * _HOUR,
    5 * _HOUR,
    10 * _HOUR,
    14 * _HOUR,
    20 * _HOUR,
    24 * _HOUR,
)
"""From the end of an attempt to the next one; after one more than these the entry is failed."""
SPREAD: Final = 0.2
"""The part of a pause by which it is longer or shorter, so that entries that failed together do not return together."""
RETRY_AFTER_MAX: Final = 24 * _HOUR
GIVEN_UP_AFTER: Final = timedelta(days=5)
"""Of nothing but failures, after which an endpoint is disabled."""
_SECONDS: Final = re.compile(r"[0-9]+")
_DIGITS_MAX: Final = 9


def next_attempt_at(round_attempts: int, ended_at: datetime, retry_after: str | None, chance: float) -> datetime | None:
    """After so many attempts, the last of which ended then; None when there is no further one. `chance` is from 0 to 1.

    A Retry-After makes a pause longer, never shorter: it is kept to, and exceeded by a fifth at most.
    """
    if round_attempts > len(RETRY_SECONDS):
        return None
    pause = RETRY_SECONDS[round_attempts - 1] * (1 - SPREAD + 2 * SPREAD * chance)
    asked_for = retry_after_seconds(retry_after, ended_at)
    return ended_at + timedelta(seconds=max(pause, asked_for * (1 + SPREAD * chance)))


def retry_after_seconds(header: str | None, now: datetime) -> float:
    """Of a Retry-After header, seconds or a date; at most RETRY_AFTER_MAX, 0 for one that is none."""
    if header is None:
        return 0
    text = header.strip()
    if _SECONDS.fullmatch(text):
        return min(int(text[:_DIGITS_MAX]) if len(text) <= _DIGITS_MAX else RETRY_AFTER_MAX, RETRY_AFTER_MAX)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return 0
    moment = moment.replace(tzinfo=moment.tzinfo or UTC)
    return min(max((moment - now).total_seconds(), 0), RETRY_AFTER_MAX)


def is_given_up(failing_since: datetime, now: datetime) -> bool:
    """Whether an endpoint has had nothing but failures for so long that it is disabled."""
    return now - failing_since >= GIVEN_UP_AFTER
