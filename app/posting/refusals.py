"""Why the writer does not post, though the ledger's rules might allow it."""

from app.refusal import FieldError, Refusal


class IdempotencyMismatch(Refusal):
    code = "idempotency_mismatch"

    def __init__(self, journal_entry_id: str | None) -> None:
        """`journal_entry_id` is what the key has posted; None where its answer names no single entry."""
        made = "" if journal_entry_id is None else f", which posted the journal entry {journal_entry_id}"
        message = f"was used before for another request{made}; send a new key with a new request"
        super().__init__(f"this Idempotency-Key {message}", FieldError("Idempotency-Key", self.code, message))


class IdempotencyInProgress(Refusal):
    code = "idempotency_in_progress"
    retry_after_seconds = 1

    def __init__(self) -> None:
        super().__init__("the first request with this Idempotency-Key is still running; repeat it to get its answer")


class PostingLocked(Refusal):
    """Another transaction held the posting's loans, or what all postings of its tenant change, for `limits.LOCKED_SECONDS`."""

    code = "unavailable"
    retry_after_seconds = 1

    def __init__(self) -> None:
        super().__init__("what this posting changes is locked by another transaction; repeat the request with the same key")


class Overloaded(Refusal):
    code = "overloaded"
    retry_after_seconds = 1

    def __init__(self) -> None:
        super().__init__("too many postings are waiting; nothing was posted, repeat the request with the same key")
