"""The writer's refusals have codes of the catalogue, and say when to come back where waiting helps."""

from pathlib import Path

import yaml

from app.posting.refusals import IdempotencyInProgress, IdempotencyMismatch, Overloaded
from app.refusal import FieldError, Refusal

STATUSES: dict[type[Refusal], int] = {IdempotencyMismatch: 422, IdempotencyInProgress: 409, Overloaded: 503}


def test_each_code_is_in_the_catalogue_with_its_status(repository: Path) -> None:
    catalogue = yaml.safe_load((repository / "openapi/problems.yaml").read_text("utf-8"))
    assert {each: catalogue[each.code]["status"] for each in STATUSES} == STATUSES


def test_a_key_used_for_another_request_names_the_header_and_is_not_helped_by_waiting() -> None:
    refusal = IdempotencyMismatch("entry-1")
    message = "was used before for another request, which posted the journal entry entry-1; send a new key with a new request"
    assert refusal.detail == f"this Idempotency-Key {message}"
    assert refusal.field_errors == (FieldError("Idempotency-Key", "idempotency_mismatch", message),)
    assert refusal.retry_after_seconds is None
    assert "used before for another request;" in IdempotencyMismatch(None).detail


def test_a_request_under_way_and_a_full_queue_say_when_to_come_back() -> None:
    running, full = IdempotencyInProgress(), Overloaded()
    assert running.detail == "the first request with this Idempotency-Key is still running; repeat it to get its answer"
    assert full.detail == "too many postings are waiting; nothing was posted, repeat the request with the same key"
    for refusal in (running, full):
        assert (refusal.retry_after_seconds, refusal.field_errors) == (1, ())
