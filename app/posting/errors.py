"""Why the writer does not post now, though the ledger's rules might allow it."""

from typing import ClassVar

from app.ledger.errors import Fault, Refusal


class IdempotencyMismatch(Refusal):
    code = "idempotency_mismatch"

    def __init__(self) -> None:
        message = "was used before for another request; send a new key with a new request"
        super().__init__(f"this Idempotency-Key {message}", Fault("Idempotency-Key", self.code, message))


class TryLater(Refusal):
    """Nothing is wrong with the request itself."""

    retry_after_seconds: ClassVar[int] = 1


class IdempotencyInProgress(TryLater):
    code = "idempotency_in_progress"

    def __init__(self) -> None:
        super().__init__("the first request with this Idempotency-Key is still running; repeat it to get its answer")


class Overloaded(TryLater):
    code = "overloaded"

    def __init__(self) -> None:
        super().__init__("too many postings are waiting; nothing was posted, repeat the request with the same key")


class Unavailable(TryLater):
    code = "unavailable"

    def __init__(self) -> None:
        super().__init__("the database did not answer; repeat the request with the same key, it posts once at most")
