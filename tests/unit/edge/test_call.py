"""What a handler is given: the tenant it acts for, and the ids that its request is known by."""

import pytest

from app.auth.caller import Caller
from app.edge.call import Answer, Call, location_of

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
CALLER = Caller("0198c0de-0000-7000-8000-0000000000aa", "teller", frozenset({"hpts:payments:write"}), 1_800_000_000.0)


def test_the_tenant_is_that_of_the_verified_token() -> None:
    assert Call("postPayment", CALLER, TRACE, {}).tenant_id == CALLER.tenant_id


def test_an_operation_without_a_token_has_no_tenant() -> None:
    with pytest.raises(AssertionError, match="has no tenant"):
        _ = Call("getLiveness", None, TRACE, {}).tenant_id


def test_the_correlation_id_is_the_trace_id_written_as_a_uuid() -> None:
    assert Call("postPayment", CALLER, TRACE, {}).correlation_id == "4bf92f35-77b3-4da6-a3ce-929d0e0e4736"


def test_a_read_has_neither_body_nor_key() -> None:
    call = Call("getLoanBalance", CALLER, TRACE, {"loan_id": "1"})
    assert (call.body, call.idempotency_key, call.request_hash) == (None, "", b"")


def test_an_answer_has_no_headers_of_its_own_unless_they_are_given() -> None:
    assert Answer(200, {}).headers == ()


def test_a_location_is_below_the_base_path() -> None:
    assert location_of("/journal-entries/1") == ((b"location", b"/v1/journal-entries/1"),)
