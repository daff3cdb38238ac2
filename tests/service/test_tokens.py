"""Scopes of operations, and the isolation of tenants."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, Final

import httpx
import pytest

from app.dev.tokens import SCOPES
from tests.support import bodies
from tests.support.bodies import OMITTED
from tests.support.client import LedgerClient, new_id, today
from tests.support.issuer import Issuer
from tests.support.postings import POSTINGS, Facts
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
    """A request that reaches the operation; its answer may be any but 401 and 403."""
    path = re.sub(r"\{account_code\}", "1100", operation.path)
    path = re.sub(r"\{[a-z_]+\}", new_id(), path)
    headers = {"Authorization": f"Bearer {token}"}
    if operation.method == "GET":
        return client.http.get(path, headers=headers)
    return client.post(path, {}, headers=headers)


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_needs_exactly_its_scope(client: LedgerClient, issuer: Issuer, refusals: Refusals, name: str) -> None:
    operation = OPERATIONS[name]
    needed = operation.scope or ""
    passing = {needed} | ({"hpts:admin:*"} if needed.startswith("hpts:admin:") else set())
    others = [each for each in (*SCOPES, "hpts:admin:other", "hpts:*", "*", needed.upper(), needed[:-1]) if each not in passing]
    with refusals.nothing_written():
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


def comparable(response: httpx.Response, facts: Facts) -> tuple[int, str]:
    """Status and body, without what differs between any two requests: the trace and the ids that were asked for."""
    text = response.text.replace(response.json()["trace_id"], "TRACE")
    return response.status_code, text.replace(facts.loan_id, "LOAN").replace(facts.entry_id, "ENTRY")


def test_ids_of_another_tenant_are_answered_exactly_like_unknown_ids(
    client: LedgerClient, server: RunningServer, refusals: Refusals
) -> None:
    with server.client() as owner, refusals.nothing_written():
        loan_id = owner.open_loan(1_000)
        entry_id = owner.pay(loan_id, 1).json()["journal_entry_id"]
        token = owner.get(f"/loans/{loan_id}/journal-entries", page_size=1).json()["next_page_token"]
        foreign = Facts(loan_id, owner.borrower(loan_id), principal_minor=999, entry_id=entry_id)
        unknown = replace(foreign, loan_id=new_id(), entry_id=new_id())
        requests: tuple[Callable[[Facts], httpx.Response], ...] = (
            lambda facts: client.balance(facts.loan_id),
            lambda facts: client.balance(facts.loan_id, as_of_date=today()),
            lambda facts: client.get(f"/loans/{facts.loan_id}/journal-entries"),
            lambda facts: client.get(f"/loans/{facts.loan_id}/journal-entries", page_size=1, page_token=token),
            lambda facts: client.get(f"/journal-entries/{facts.entry_id}"),
            *(partial(client.send, posting) for posting in POSTINGS if not posting.opens_loans),
        )
        for request in requests:
            of_another, of_nobody = request(foreign), request(unknown)
            assert comparable(of_another, foreign) == comparable(of_nobody, unknown)
            assert of_another.status_code in (400, 404, 422)
            assert of_another.headers.keys() == of_nobody.headers.keys()


def test_tenants_may_use_the_same_ids_without_seeing_each_other(client: LedgerClient, server: RunningServer) -> None:
    loan_id = client.open_loan(1_000)
    with server.client() as other:
        assert other.disburse(loan_id, 7, currency="EUR").status_code == 201
        assert other.pay(loan_id, 3, currency="EUR").status_code == 201
        assert other.balance(loan_id).json()["principal_outstanding_minor"] == "4"
        assert other.account("1100").json()["dr_balance_minor"] == "0"
        assert other.reconciliation().json()["portfolio_rollup"]["gl_principal_minor"] == "4"
    assert client.balance(loan_id).json()["principal_outstanding_minor"] == "1000"
    assert len(client.get(f"/loans/{loan_id}/journal-entries").json()["items"]) == 1
