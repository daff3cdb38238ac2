"""A payment is sent with every token of the JWS corpus: it is posted, or refused with a challenge and nothing is written."""

import json
import re
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import httpx
import pytest

from app.dev.keys import development_key
from app.settings import load_settings
from tests.corpora import jws_claims, jws_forms, jws_signatures
from tests.corpora.issuer_keys import IssuerKeys
from tests.corpora.tokens import ACCEPTED, Attack, Token
from tests.corpora.verdicts import assert_no_complaints, check_problem, check_status
from tests.support import bodies, raw
from tests.support.books import Books
from tests.support.client import LedgerClient, new_id
from tests.support.databases import ENGINES, Databases
from tests.support.issuer import Issuer
from tests.support.server import RunningServer, running_server

ATTACKS: Final = (*jws_signatures.ATTACKS, *jws_forms.ATTACKS, *jws_claims.ATTACKS)
CHALLENGE: Final = re.compile(r'Bearer realm="hpts", error="(invalid_token|insufficient_scope)", [a-z_]+="[ -!#-~]+"')


@dataclass(frozen=True, slots=True)
class Gate:
    """A server that trusts the issuer's keys, and a loan to pay."""

    server: RunningServer
    issuer: Issuer
    keys: IssuerKeys
    client: LedgerClient
    books: Books
    loan_id: str

    def pay(self, token: str) -> httpx.Response:
        """Written byte by byte, since no client library sends every token unchanged."""
        headers: list[raw.Header] = [
            ("Authorization", b"Bearer " + token.encode()),
            ("Content-Type", "application/json"),
            ("Idempotency-Key", new_id()),
        ]
        body = json.dumps(bodies.payment(self.client, self.loan_id, amount_minor="1")).encode()
        return raw.exchange(self.server.url, raw.request("POST", "/v1/payments", headers, body))

    def complaints(self, tokens: Iterable[Token]) -> Iterator[str]:
        for token in tokens:
            before = self.books.of(self.client.tenant_id) if token.verdict != ACCEPTED else {}
            response = self.pay(token.text)
            if token.verdict == ACCEPTED:
                yield from check_status(str(token), response)
                continue
            yield from check_problem(str(token), response, token.verdict)
            if not CHALLENGE.fullmatch(response.headers.get("www-authenticate", "")):
                yield f"{token}: {response.headers.get('www-authenticate')}"
            if self.books.of(self.client.tenant_id) != before:
                yield f"{token}: written"


@pytest.fixture(scope="module", params=ENGINES)
def gate(request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    folder, keys = tmp_path_factory.mktemp("jws"), IssuerKeys()
    key_set = folder / "keys" / "jwks.json"
    development_key(load_settings(env="dev", jwks=str(key_set)))
    keys.publish(key_set)
    with (
        databases.fresh(request.param) as url,
        running_server(url, folder, {"jwks": str(key_set)}) as server,
        server.client() as client,
        Books(url) as books,
    ):
        yield Gate(server, Issuer(server.private.settings, client.tenant_id), keys, client, books, client.open_loan(10**9))


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_every_token_is_let_in_or_refused_as_its_section_says(gate: Gate, attack: Attack) -> None:
    assert_no_complaints(gate.complaints(attack(gate.issuer, gate.keys)))


def test_no_url_in_a_token_is_requested(gate: Gate) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/jwks.json"
        assert_no_complaints(gate.complaints(jws_forms.key_addresses(gate.issuer, url)))
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_every_section_that_names_a_threat_or_a_practice_for_a_verifier_has_tokens(gate: Gate) -> None:
    tokens = [token for attack in ATTACKS for token in attack(gate.issuer, gate.keys)]
    found = {token.section for token in tokens}
    threats, practices = ({f"{chapter}.{number}" for number in range(1, last + 1)} for chapter, last in ((2, 9), (3, 12)))
    assert found >= threats | practices
    assert len({str(token) for token in tokens}) > 900


def test_a_token_is_read_from_the_authorization_header_only(gate: Gate) -> None:
    """RFC 6750 has other places, where tokens are logged and leaked."""
    good, body = gate.issuer.token(), bodies.payment(gate.client, gate.loan_id)
    nobody: dict[str, Any] = {"Authorization": "", "Idempotency-Key": "jws:00000001"}
    http = gate.client.http
    for name in ("Cookie", "X-Authorization", "Proxy-Authorization", "X-Access-Token"):
        value = f"access_token={good}" if name == "Cookie" else f"Bearer {good}"
        assert_no_complaints(
            check_problem(name, http.post("/payments", json=body, headers=nobody | {name: value}), "unauthenticated")
        )
    assert_no_complaints(
        check_problem("query", http.post(f"/payments?access_token={good}", json=body, headers=nobody), "unauthenticated")
    )
    assert_no_complaints(
        check_problem("body", http.post("/payments", json=body | {"access_token": good}, headers=nobody), "unauthenticated")
    )
