"""Path, query and header parameters: what is handed on, and what is a 400."""

from datetime import date

import pytest

from app.contract.document import Contract
from app.contract.parameters import parameter_of
from app.edge.call import Answer
from app.edge.parameters import ParameterReader
from app.edge.refusals import ValidationFailed
from app.edge.request import Request
from tests.unit.edge.support import BALANCE, LOAN, Edge

BALANCE_PATH = f"/v1/loans/{LOAN}/balance"
HISTORY_PATH = f"/v1/loans/{LOAN}/journal-entries"
ACCOUNT_PATH = "/v1/accounts/1100/balance"
ACCOUNT_BALANCE = {
    "account_code": "1100",
    "currency": "USD",
    "layer": "SETTLED",
    "as_of_date": "2026-02-28",
    "dr_balance_minor": "1",
    "cr_balance_minor": "2",
    "normal_balance_minor": "-1",
}


@pytest.fixture(autouse=True)
def answers(edge: Edge) -> None:
    edge.handlers.answers["listLoanJournalEntries"] = Answer(200, {"items": []})
    edge.handlers.answers["getAccountBalance"] = Answer(200, ACCOUNT_BALANCE)


async def test_parameters_are_coerced_and_absent_ones_left_out(edge: Edge) -> None:
    await edge.get(HISTORY_PATH, query=b"from_date=2026-02-28&page_size=7&event_type=reversal")
    assert edge.handlers.calls[0].parameters == {
        "loan_id": LOAN,
        "from_date": date(2026, 2, 28),
        "page_size": 7,
        "event_type": "reversal",
    }


async def test_defaults_are_filled_in(edge: Edge) -> None:
    await edge.get(HISTORY_PATH)
    await edge.get(ACCOUNT_PATH, query=b"currency=USD")
    assert edge.handlers.calls[0].parameters["page_size"] == 50
    assert edge.handlers.calls[1].parameters["layer"] == "SETTLED"


async def test_a_query_may_be_percent_encoded(edge: Edge) -> None:
    await edge.get(BALANCE_PATH, query=b"as%5Fof_date=2026%2D02-28")
    assert edge.handlers.calls[0].parameters["as_of_date"] == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        (BALANCE_PATH, b"as_of_date=2026-02-30", "as_of_date"),
        (BALANCE_PATH, b"as_of_date=20260228", "as_of_date"),
        (BALANCE_PATH, b"as_of_date=2026-2-28", "as_of_date"),
        (BALANCE_PATH, b"as_of_date=0000-01-01", "as_of_date"),
        (BALANCE_PATH, b"as_of_date=10000-01-01", "as_of_date"),
        (BALANCE_PATH, b"as_of_date=2026-W09-6", "as_of_date"),
        (BALANCE_PATH, b"as_of_date=2026-02-28T00:00:00Z", "as_of_date"),
        (BALANCE_PATH, b"as_of_date=+2026-02-28", "as_of_date"),
        (BALANCE_PATH, b"as_of_date=2026-02-28%0A", "as_of_date"),
        (BALANCE_PATH, "as_of_date=２０２６-02-28".encode(), "as_of_date"),
        (BALANCE_PATH, b"as_of_date=", "as_of_date"),
        (BALANCE_PATH, b"as_of_date", "as_of_date"),
        (BALANCE_PATH, b"as_of_date=2026-02-28&as_of_date=2026-02-28", "as_of_date"),
        (BALANCE_PATH, b"as_of=2026-02-28", "as_of"),
        (BALANCE_PATH, b"loan_id=" + LOAN.encode(), "loan_id"),
        (BALANCE_PATH, b"=1", ""),
        (BALANCE_PATH, b"x" * 300 + b"=1", "x" * 100),
        (BALANCE_PATH, b"as_of_date=%ff", "query"),
        (BALANCE_PATH, b"&".join([b"a=1"] * 101), "query"),
        (ACCOUNT_PATH, b"", "currency"),
        (ACCOUNT_PATH, b"currency=usd", "currency"),
        (ACCOUNT_PATH, b"currency=USDX", "currency"),
        (ACCOUNT_PATH, b"currency=USD%00", "currency"),
        (ACCOUNT_PATH, b"currency=USD&layer=settled", "layer"),
        (ACCOUNT_PATH.replace("1100", "110"), b"currency=USD", "account_code"),
        (ACCOUNT_PATH.replace("1100", "１１００"), b"currency=USD", "account_code"),
        (HISTORY_PATH, b"page_size=0", "page_size"),
        (HISTORY_PATH, b"page_size=201", "page_size"),
        (HISTORY_PATH, b"page_size=-1", "page_size"),
        (HISTORY_PATH, b"page_size=1.0", "page_size"),
        (HISTORY_PATH, b"page_size=1e1", "page_size"),
        (HISTORY_PATH, b"page_size=007", "page_size"),
        (HISTORY_PATH, b"page_size=%201", "page_size"),
        (HISTORY_PATH, b"page_size=1_0", "page_size"),
        (HISTORY_PATH, "page_size=７".encode(), "page_size"),
        (HISTORY_PATH, b"page_size=" + b"9" * 5000, "page_size"),
        (HISTORY_PATH, b"event_type=nonsense", "event_type"),
    ],
)
async def test_a_wrong_parameter_is_named(edge: Edge, path: str, query: bytes, field: str) -> None:
    reply = await edge.get(path, query=query)
    assert (reply.status, reply.code) == (400, "validation_failed")
    assert field in reply.fields
    assert not edge.handlers.calls


async def test_all_that_is_wrong_is_named_at_once(edge: Edge) -> None:
    reply = await edge.get(HISTORY_PATH.replace(LOAN, "x"), query=b"from_date=x&page_size=x&more=x")
    assert reply.fields == {"loan_id", "from_date", "page_size", "more"}


async def test_a_missing_idempotency_key_has_a_code_of_its_own(edge: Edge) -> None:
    reply = await edge.post(without="idempotency-key")
    assert (reply.status, reply.code) == (400, "idempotency_key_missing")


@pytest.mark.parametrize(
    "key",
    [
        b"",
        b"short",
        b'"payment:loan_42:1"',
        b"_payment",
        b"payment 42",
        b"x" * 256,
        b"payment\x00loan",
        "zahlung:ü".encode(),
        b"payment,payment",
    ],
)
async def test_a_malformed_idempotency_key_is_a_400(edge: Edge, key: bytes) -> None:
    reply = await edge.post(None, (b"idempotency-key", key), without="idempotency-key")
    assert (reply.status, reply.code, reply.fields) == (400, "validation_failed", {"Idempotency-Key"})


async def test_a_doubled_idempotency_key_is_a_400(edge: Edge) -> None:
    reply = await edge.post(None, (b"idempotency-key", b"payment:loan_42:1"))
    assert (reply.status, reply.code, reply.fields) == (400, "validation_failed", {"Idempotency-Key"})


@pytest.mark.parametrize("key", [b"12345678", b"x" * 255, b"payment:loan_42:proc_txn_abc123", b"A.b_c-d:9"])
async def test_an_idempotency_key_reaches_the_handler(edge: Edge, key: bytes) -> None:
    await edge.post(None, (b"idempotency-key", key), without="idempotency-key")
    assert edge.handlers.calls[0].idempotency_key == key.decode()


@pytest.mark.parametrize("value", [b"", b"short", b"x" * 129, b"with space", b"under_score", b"\xff" * 8])
async def test_a_client_trace_is_ignored_whatever_it_holds(edge: Edge, value: bytes) -> None:
    assert (await edge.post(None, (b"x-trace-id", value))).status == 201
    assert (await edge.post(None, (b"x-trace-id", value), (b"x-trace-id", b"caller-trace-1"))).status == 201
    assert (await edge.get(BALANCE_PATH, (b"x-trace-id", value))).status == 200


async def test_a_client_trace_is_answered_with_its_end(edge: Edge) -> None:
    edge.handlers.answers["getLoanBalance"] = Answer(200, BALANCE)
    for reply in (
        await edge.post(None, (b"x-trace-id", b"caller-trace-1")),
        await edge.get(BALANCE_PATH, (b"x-trace-id", b"caller-trace-1")),
    ):
        assert reply.header("deprecation") == "@1767225600"
        assert reply.header("sunset") == "Thu, 01 Oct 2026 00:00:00 GMT"
    assert (await edge.post()).header("deprecation") is None


async def test_a_problem_after_it_says_so_too(edge: Edge) -> None:
    reply = await edge.post(b"{", (b"x-trace-id", b"caller-trace-1"))
    assert (reply.status, reply.header("deprecation")) == (400, "@1767225600")
    reply = await edge.post(None, (b"x-trace-id", b"caller-trace-1"), without="idempotency-key")
    assert (reply.code, reply.header("deprecation")) == ("idempotency_key_missing", "@1767225600")


def test_a_required_header_that_is_missing_is_an_error_of_its_own(contract: Contract) -> None:
    declared = {"name": "X-Region", "in": "header", "required": True, "schema": {"type": "string"}}
    reader = ParameterReader((parameter_of(declared, contract.document["components"]),))
    assert reader.read({}, b"", Request([(b"x-region", b"eu")])) == {}
    with pytest.raises(ValidationFailed, match=r"^X-Region: is missing$"):
        reader.read({}, b"", Request([]))
