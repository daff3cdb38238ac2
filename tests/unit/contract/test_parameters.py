"""Parameters are judged by the contract's own schema, as text."""

import pytest

from app.contract.document import Contract, Parameter


def parameter(contract: Contract, operation_id: str, name: str) -> Parameter:
    return next(each for each in contract.operations[operation_id].parameters if each.name == name)


@pytest.mark.parametrize(
    ("operation_id", "name", "good", "bad"),
    [
        (
            "postPayment",
            "Idempotency-Key",
            ["payment:loan_42:proc_txn_abc123", "a" * 255],
            ["a" * 7, "a" * 256, '"abcdefgh"', ":abcdefg"],
        ),
        ("postPayment", "traceparent", ["", "anything"], []),
        ("postPayment", "X-Trace-Id", ["abcdefgh"], ["abcdefg", "a" * 129, "abc_defgh", "abcdefgh\n"]),
        (
            "getLoanBalance",
            "loan_id",
            ["7D0F5A52-3c1b-4e7a-9a86-2f4d1c0b9e11"],
            ["7d0f5a52", "{7d0f5a52-3c1b-4e7a-9a86-2f4d1c0b9e11}"],
        ),
        ("getLoanBalance", "as_of_date", ["2026-11-22"], ["2026-02-30", "20261122", "", "0000-01-01"]),
        ("getAccountBalance", "account_code", ["1100"], ["110", "11000", "1１00"]),
        ("getAccountBalance", "currency", ["USD"], ["usd", "US"]),
        ("getAccountBalance", "layer", ["PENDING"], ["settled"]),
        ("listLoanJournalEntries", "page_size", ["1", "200", 200], ["0", "201", "x", "1.0", "01", " 1", "9" * 5000, 0, "٣"]),
        ("listLoanJournalEntries", "event_type", ["accrual"], ["accruals"]),
        ("listLoanJournalEntries", "page_token", ["x"], [""]),
    ],
)
def test_good_text_passes_and_bad_text_is_told_what_would_be_right(
    operation_id: str, name: str, good: list[str | int], bad: list[str | int], contract: Contract
) -> None:
    check = parameter(contract, operation_id, name).check
    assert [check(text) for text in good] == [None] * len(good)
    assert all(str(check(text)).startswith("must ") for text in bad)


@pytest.mark.parametrize(
    ("operation_id", "name", "location", "required", "kind", "default"),
    [
        ("postFee", "loan_id", "path", True, "uuid", None),
        ("postFee", "Idempotency-Key", "header", True, "string", None),
        ("getAccountBalance", "currency", "query", True, "string", None),
        ("getAccountBalance", "layer", "query", False, "string", "SETTLED"),
        ("getReconciliationStatus", "as_of_date", "query", False, "date", None),
        ("listLoanJournalEntries", "page_size", "query", False, "integer", 50),
    ],
)
def test_a_parameter_says_where_it_stands_and_what_it_is(
    operation_id: str, name: str, location: str, required: bool, kind: str, default: object, contract: Contract
) -> None:
    found = parameter(contract, operation_id, name)
    assert (found.location, found.required, found.kind, found.default) == (location, required, kind, default)


def test_a_default_is_itself_valid(contract: Contract) -> None:
    for operation in contract.operations.values():
        for each in operation.parameters:
            assert each.default is None or each.check(each.default) is None
