"""Who may do what: scopes, and tenants that see nothing of each other."""

import re
from collections.abc import Callable
from typing import Any, Final

import httpx
import pytest

from app.dev.tokens import SCOPES
from tests.support import bodies
from tests.support.bodies import OMITTED
from tests.support.client import LedgerClient, new_id, today
from tests.support.issuer import Issuer
from tests.support.problems import contract, problem_of
from tests.support.refusals import Refusals
from tests.support.server import RunningServer

OPERATIONS: Final = {name: operation for name, operation in contract().operations.items() if operation.scope}


@pytest.fixture
def issuer(server: RunningServer, client: LedgerClient) -> Issuer:
    return Issuer(server.private.settings, client.tenant_id)


def pay(client: LedgerClient, token: str, loan_id: str) -> httpx.Response:
    return client.post("/payments", bodies.payment(client, loan_id), headers={"Authorization": f"Bearer {token}"})


def test_the_actor_of_an_entry_is_the_token_s_subject(client: LedgerClient, issuer: Issuer) -> None:
    loan_id = client.open_loan()
    for claims, actor in (({"sub": "zoë 日本"}, "zoë 日本"), ({"sub": OMITTED, "client_id": "machine"}, "machine")):
        entry_id = pay(client, issuer.token(**claims), loan_id).json()["journal_entry_id"]
        assert client.get(f"/journal-entries/{entry_id}").json()["actor"] == actor


def request_of(operation: Any, client: LedgerClient, token: str) -> httpx.Response:
    """A request that reaches the operation, whatever it then says."""
    path = re.sub(r"\{account_code\}", "1100", operation.path)
    path = re.sub(r"\{[a-z_]+\}", new_id(), path)
    headers = {"Authorization": f"Bearer {token}"}
    if operation.method == "GET":
        return client.http.get(path, headers=headers)
    return client.post(path, {}, headers=headers)


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_needs_exactly_its_scope(client: LedgerClient, issuer: Issuer, refused: Refusals, name: str) -> None:
    operation = OPERATIONS[name]
    needed = operation.scope or ""
    passing = {needed} | ({"hpts:admin:*"} if needed.startswith("hpts:admin:") else set())
    others = [each for each in (*SCOPES, "hpts:admin:other", "hpts:*", "*", needed.upper(), needed[:-1]) if each not in passing]
    with refused.nothing_written():
        for scope in (" ".join(others), "", OMITTED, needed + "x", f"x{needed}", needed.replace(":", " ")):
            response = request_of(operation, client, issuer.token(scope=scope))
            problem_of(response, "insufficient_scope")
            assert f'scope="{needed}"' in response.headers["www-authenticate"]
        for scope in passing:
            assert request_of(operation, client, issuer.token(scope=scope)).status_code not in (401, 403)
            assert request_of(operation, client, issuer.token(scope=OMITTED, scp=[scope])).status_code not in (401, 403)
        problem_of(request_of(operation, client, "x.y.z"), "invalid_token")


def test_every_operation_but_the_probes_needs_a_scope() -> None:
    free = {name for name, operation in contract().operations.items() if operation.scope is None}
    assert free == {"getLiveness", "getReadiness"}


def told(response: httpx.Response, *known: str) -> tuple[int, str]:
    """Status and body, without what differs between any two requests: the trace and the ids that were asked for."""
    text = response.text.replace(response.json()["trace_id"], "TRACE")
    for each in known:
        text = text.replace(each, "ID")
    return response.status_code, text


def test_what_another_tenant_has_answers_exactly_like_what_nobody_has(
    client: LedgerClient, server: RunningServer, refused: Refusals
) -> None:
    with server.client() as owner, refused.nothing_written():
        loan_id = owner.open_loan(1_000)
        entry_id = owner.pay(loan_id, 1).json()["journal_entry_id"]
        token = owner.get(f"/loans/{loan_id}/journal-entries", page_size=1).json()["next_page_token"]
        unknown = new_id()
        requests: tuple[tuple[str, Callable[[str], httpx.Response]], ...] = (
            (loan_id, client.balance),
            (loan_id, lambda asked: client.balance(asked, as_of_date=today())),
            (loan_id, lambda asked: client.get(f"/loans/{asked}/journal-entries")),
            (loan_id, lambda asked: client.get(f"/loans/{asked}/journal-entries", page_size=1, page_token=token)),
            (entry_id, lambda asked: client.get(f"/journal-entries/{asked}")),
            (loan_id, lambda asked: client.post("/payments", bodies.payment(owner, loan_id, loan_id=asked))),
            (loan_id, client.fee),
            (loan_id, lambda asked: client.accrue({asked: (999, 1)})),
            (entry_id, client.reverse),
        )
        for foreign_id, request in requests:
            foreign, nobody_s = request(foreign_id), request(unknown)
            assert told(foreign, foreign_id) == told(nobody_s, unknown)
            assert foreign.status_code in (400, 404, 422)
            assert foreign.headers.keys() == nobody_s.headers.keys()


def test_tenants_may_use_the_same_ids_and_do_not_meet(client: LedgerClient, server: RunningServer) -> None:
    loan_id = client.open_loan(1_000)
    with server.client() as other:
        assert other.disburse(loan_id, 7, currency="EUR").status_code == 201
        assert other.pay(loan_id, 3, currency="EUR").status_code == 201
        assert other.balance(loan_id).json()["principal_outstanding_minor"] == "4"
        assert other.account("1100").json()["dr_balance_minor"] == "0"
        assert other.reconciliation().json()["portfolio_rollup"]["gl_principal_minor"] == "4"
    assert client.balance(loan_id).json()["principal_outstanding_minor"] == "1000"
    assert len(client.get(f"/loans/{loan_id}/journal-entries").json()["items"]) == 1
