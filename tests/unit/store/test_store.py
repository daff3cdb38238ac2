"""A database that is away is told to the caller without the driver's words, and to the log with them."""

from app.store.store import StoreUnavailable


def test_the_driver_s_words_are_for_the_log_only() -> None:
    error = StoreUnavailable("connection to 10.0.0.7 refused for user hpts")
    assert (str(error), error.reason) == ("connection to 10.0.0.7 refused for user hpts",) * 2
    assert "10.0.0.7" not in error.detail
    assert (error.code, error.retry_after_seconds) == ("unavailable", 1)
