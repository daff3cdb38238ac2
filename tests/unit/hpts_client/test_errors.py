"""What the exceptions say, and which answers are temporary."""

import pytest

from hpts_client import HptsError, NoAnswer, ProblemAnswer, Refused, Unavailable, UnexpectedAnswer, WebhookRefused
from hpts_client.errors import is_temporary


def test_everything_that_is_raised_has_one_base() -> None:
    assert all(issubclass(each, HptsError) for each in (NoAnswer, ProblemAnswer, UnexpectedAnswer, WebhookRefused))
    assert all(issubclass(each, ProblemAnswer) for each in (Refused, Unavailable))


def test_an_answer_that_is_long_is_shown_in_part() -> None:
    error = UnexpectedAnswer(502, "x" * 10_000)
    assert "HTTP 502" in str(error)
    assert len(str(error)) < 300
    assert error.text == "x" * 10_000


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (500, "internal_error", True),
        (503, "unavailable", True),
        (429, "rate_limited", True),
        (409, "idempotency_in_progress", True),
        (409, "already_reversed", False),
        (404, "not_found", False),
    ],
)
def test_what_is_temporary(status: int, code: str, expected: bool) -> None:
    assert is_temporary(status, code) is expected
