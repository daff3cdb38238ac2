"""Who may do what: forged, expired and foreign tokens, scopes, and tenants that see nothing of each other."""

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from app import limits
from app.dev.keys import development_key
from app.dev.tokens import SCOPES
from tests.service import bodies
from tests.service.bodies import OMITTED, changed
from tests.service.problems import contract, problem_of
from tests.service.refusals import Refusals
from tests.support.client import LedgerClient, new_id, today
from tests.support.server import RunningServer

OPERATIONS: Final = {name: operation for name, operation in contract().operations.items() if operation.scope}


class Issuer:
    """Signs with the key that the server trusts, or with another."""

    def __init__(self, server: RunningServer, tenant_id: str) -> None:
        self.settings = server.private.settings
        self.key = development_key(self.settings)
        self.tenant_id = tenant_id

    def claims(self, **claims: Any) -> dict[str, Any]:
        now = int(time.time())
        good = {"iss": self.settings.issuer, "aud": self.settings.audience, "sub": "tests", "tenant_id": self.tenant_id}
        return changed({**good, "scope": " ".join(SCOPES), "iat": now, "nbf": now, "exp": now + 600}, **claims)

    def token(self, header: Mapping[str, Any] | None = None, key: Any = None, algorithm: str = "ES256", **claims: Any) -> str:
        headers = changed({"kid": self.key.key_id, "typ": "at+jwt"}, **(header or {}))
        return jwt.encode(self.claims(**claims), key or self.key.private_key, algorithm=algorithm, headers=headers)

    def with_header(self, header: Any, signature: bytes | None = None) -> str:
        """A token of parts that no library would write, signed by the trusted key unless a signature is given."""
        signing_input = f"{encoded(header)}.{encoded(self.claims())}"
        if signature is None:
            algorithm = jwt.get_algorithm_by_name("ES256")
            signature = algorithm.sign(signing_input.encode(), self.key.private_key)
        return f"{signing_input}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"

    def hmac_token(self, algorithm: str) -> str:
        """HS256 and its like, with the public key as the secret."""
        public = self.key.private_key.public_key()
        pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        signing_input = f"{encoded({'alg': algorithm, 'kid': self.key.key_id})}.{encoded(self.claims())}"
        digest = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}[algorithm]
        signature = hmac.new(pem, signing_input.encode(), digest).digest()
        return f"{signing_input}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def encoded(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@pytest.fixture
def issuer(server: RunningServer, client: LedgerClient) -> Issuer:
    return Issuer(server, client.tenant_id)


def pay(client: LedgerClient, token: str, loan_id: str) -> httpx.Response:
    return client.post("/payments", bodies.payment(client, loan_id), headers={"Authorization": f"Bearer {token}"})


def forged(issuer: Issuer) -> dict[str, str]:
    """Tokens that are wrong in one respect each."""
    key_id, now = issuer.key.key_id, int(time.time())
    header = {"alg": "ES256", "kid": key_id}
    good = issuer.token()
    head, payload, signature = good.split(".")
    kids: tuple[Any, ...] = (
        "",
        "x",
        "../../etc/passwd",
        "' OR 1=1 --",
        "http://127.0.0.1/x",
        "a\nb",
        "é",
        "x" * 200,
        1,
        None,
        [],
        {},
        key_id + " ",
    )
    return {
        "none": f"{encoded({'alg': 'none', 'kid': key_id})}.{payload}.",
        "None with a signature": issuer.with_header(header | {"alg": "None"}),
        "without a signature": f"{head}.{payload}.",
        "two parts": f"{head}.{payload}",
        "four parts": f"{good}.x",
        **{name: issuer.hmac_token(name) for name in ("HS256", "HS384", "HS512")},
        **{
            f"algorithm {name}": issuer.with_header(header | {"alg": name})
            for name in ("RS256", "EdDSA", "ES384", "PS256", "", None, 1)
        },
        "another key": issuer.token(key=ec.generate_private_key(ec.SECP256R1())),
        "a key of another kind": issuer.token(key=rsa.generate_private_key(65537, 2048), algorithm="RS256"),
        "an Edwards key": issuer.token(key=ed25519.Ed25519PrivateKey.generate(), algorithm="EdDSA"),
        **{f"kid {kid!r:.30}": issuer.with_header(header | {"kid": kid}) for kid in kids},
        "no kid": issuer.with_header({"alg": "ES256"}),
        "crit": issuer.token({"crit": ["exp"]}),
        "a key brought along": issuer.token({"jwk": {"kty": "oct", "k": "AA"}, "kid": "mine"}),
        "another type": issuer.token({"typ": "secevent+jwt"}),
        "too long": issuer.token(padding="x" * limits.TOKEN_BYTES),
        "changed payload": f"{head}.{encoded(issuer.claims(sub='other'))}.{signature}",
        "zero signature": issuer.with_header(header, bytes(64)),
        "padding": f"{head}.{payload}.{signature}=",
        "expired": issuer.token(exp=now - 60),
        "not yet valid": issuer.token(nbf=now + 120),
        "never expiring": issuer.token(exp=OMITTED),
        "no nbf": issuer.token(nbf=OMITTED),
        "another issuer": issuer.token(iss="https://evil.example"),
        "no issuer": issuer.token(iss=OMITTED),
        "another audience": issuer.token(aud="other"),
        "no audience": issuer.token(aud=OMITTED),
        **{
            f"tenant {tenant!r:.40}": issuer.token(tenant_id=tenant)
            for tenant in (
                OMITTED,
                None,
                "",
                "acme",
                1,
                [issuer.tenant_id],
                f"{issuer.tenant_id}\n",
                issuer.tenant_id.replace("-", ""),
            )
        },
        "no subject": issuer.token(sub=OMITTED),
        "scopes that are a number": issuer.token(scope=1),
    }


def test_every_forged_token_is_refused_with_a_challenge(client: LedgerClient, issuer: Issuer, refused: Refusals) -> None:
    loan_id = client.open_loan()
    wrong = []
    with refused.nothing_written():
        for name, token in forged(issuer).items():
            response = pay(client, token, loan_id)
            try:
                problem_of(response, "invalid_token")
                challenge = response.headers["www-authenticate"]
                assert re.fullmatch(r'Bearer realm="hpts", error="invalid_token", error_description="[ -!#-~]+"', challenge)
                assert token not in response.text
            except (AssertionError, KeyError) as complaint:
                wrong.append(f"{name}: {complaint}")
    assert not wrong, "\n".join(wrong)


def test_good_tokens_of_every_legal_shape_pass(client: LedgerClient, issuer: Issuer) -> None:
    loan_id, now = client.open_loan(), int(time.time())
    for token in (
        issuer.token(),
        issuer.token({"typ": "JWT"}),
        issuer.token({"typ": OMITTED}),
        issuer.token(aud=["other", issuer.settings.audience]),
        issuer.token(scope=OMITTED, scp=list(SCOPES)),
        issuer.token(sub=OMITTED, client_id="machine"),
        issuer.token(exp=now + 600.5, iat=OMITTED),
        issuer.token(tenant_id=issuer.tenant_id.upper()),
    ):
        assert pay(client, token, loan_id).status_code == 201


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
