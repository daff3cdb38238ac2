"""Reads the header Retry-After (RFC 9110): seconds, or the date after which to ask again."""

import time
from email.utils import parsedate_to_datetime

import httpx


def retry_after_seconds(response: httpx.Response, now: float | None = None) -> float | None:
    """From `now` in seconds since 1970, at least 0; None when the answer does not say."""
    text: str = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - (time.time() if now is None else now))
    except ValueError:
        return None
