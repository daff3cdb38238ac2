"""Retry-After in both of its forms, and what is neither."""

import httpx
import pytest

from hpts_client.retry_after import retry_after_seconds
from tests.unit.hpts_client.support import NOW


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        (" 120 ", 120.0),
        ("Fri, 15 Jan 2027 08:00:30 GMT", 30.0),
        ("Fri, 15 Jan 2027 07:59:59 GMT", 0.0),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("\xb2", None),
        ("soon", None),
        ("Fri, 99 Jan 2027 08:00:30 GMT", None),
    ],
)
def test_seconds_and_dates_are_read_and_nothing_else(text: str, seconds: float | None) -> None:
    response = httpx.Response(503, headers=[(b"Retry-After", text.encode("latin-1"))])
    assert retry_after_seconds(response, NOW) == seconds


def test_an_answer_without_the_header_says_nothing() -> None:
    assert retry_after_seconds(httpx.Response(503), NOW) is None
