"""Refusals of the edge: each has a code of the catalogue, a sentence that says what is wrong, and no more than a few fields."""

import pytest

from app import limits
from app.contract.document import Contract
from app.edge import refusals
from app.refusal import FieldError, NotFound, Refusal

ALL: tuple[tuple[Refusal, str, int], ...] = (
    (refusals.PathUnknown(), "not_found", 404),
    (refusals.MalformedJson("the body is empty"), "malformed_json", 400),
    (refusals.ValidationFailed(), "validation_failed", 400),
    (refusals.IdempotencyKeyMissing(), "idempotency_key_missing", 400),
    (refusals.MethodNotAllowed("PUT", "GET"), "method_not_allowed", 405),
    (refusals.NotAcceptable(), "not_acceptable", 406),
    (refusals.RequestTimeout(), "request_timeout", 408),
    (refusals.PayloadTooLarge(limits.BODY_BYTES), "payload_too_large", 413),
    (refusals.UriTooLong(), "uri_too_long", 414),
    (refusals.UnsupportedMediaType("Content-Type is missing"), "unsupported_media_type", 415),
    (refusals.HeadersTooLarge(), "headers_too_large", 431),
    (refusals.FramingTooLarge(), "headers_too_large", 431),
    (refusals.NotHttp(), "validation_failed", 400),
    (refusals.MisdirectedRequest(), "misdirected_request", 421),
    (refusals.ClientCertificateUnusable("was sent more than once"), "validation_failed", 400),
    (refusals.TransferCodingNotImplemented(), "not_implemented", 501),
    (refusals.HttpVersionNotSupported("2.0"), "http_version_not_supported", 505),
    (refusals.TooManyConnections(), "overloaded", 503),
)


@pytest.mark.parametrize(("refusal", "code", "status"), ALL, ids=[type(refusal).__name__ for refusal, _, _ in ALL])
def test_a_refusal_is_an_entry_of_the_catalogue(refusal: Refusal, code: str, status: int, contract: Contract) -> None:
    assert refusal.code == code
    assert contract.problems[code].status == status


def test_every_refusal_of_the_module_is_tried_here() -> None:
    own = {each for each in vars(refusals).values() if isinstance(each, type) and issubclass(each, Refusal)}
    assert own - {Refusal, NotFound} == {type(refusal) for refusal, _, _ in ALL}


def errors(count: int) -> list[FieldError]:
    return [FieldError(f"/f{number}", "type", "must be of type string, not number") for number in range(count)]


@pytest.mark.parametrize(
    ("count", "detail"),
    [
        (1, "/f0: must be of type string, not number"),
        (2, "/f0: must be of type string, not number; /f1: must be of type string, not number"),
    ],
)
def test_the_detail_repeats_the_errors(count: int, detail: str) -> None:
    failed = refusals.ValidationFailed(*errors(count))
    assert failed.detail == detail
    assert failed.field_errors == tuple(errors(count))


@pytest.mark.parametrize(("count", "end"), [(3, "not number"), (4, "; and 1 more"), (20, "; and 17 more")])
def test_the_detail_repeats_three_errors_and_counts_the_rest(count: int, end: str) -> None:
    failed = refusals.ValidationFailed(*errors(count))
    assert failed.detail.count("must be") == 3
    assert failed.detail.endswith(end)
    assert len(failed.field_errors) == count


def test_an_error_of_the_complete_body_is_named_so() -> None:
    assert refusals.ValidationFailed(FieldError("", "type", "must be of type object")).detail == "body: must be of type object"


def test_a_missing_idempotency_key_is_also_a_field() -> None:
    [field] = refusals.IdempotencyKeyMissing().field_errors
    assert (field.field, field.code) == ("Idempotency-Key", "required")


def test_a_method_that_is_not_allowed_names_the_ones_that_are() -> None:
    refusal = refusals.MethodNotAllowed("PUT", "GET, POST")
    assert refusal.headers == ((b"allow", b"GET, POST"),)
    assert refusal.detail == "this path does not take PUT; it takes GET, POST"


def test_limits_are_told_in_bytes() -> None:
    assert f" {limits.BODY_BYTES} bytes" in refusals.PayloadTooLarge(limits.BODY_BYTES).detail
    assert f" {limits.HEADER_BYTES} bytes" in refusals.HeadersTooLarge().detail
    assert f" {limits.HEADER_BYTES} bytes" in refusals.UriTooLong().detail
    assert f" {limits.TRAILER_BYTES} bytes" in refusals.FramingTooLarge().detail


def test_a_client_that_is_gone_is_no_refusal() -> None:
    assert not issubclass(refusals.ClientGone, Refusal)
