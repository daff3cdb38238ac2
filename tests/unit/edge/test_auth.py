"""What a caller without the right token is told, and how long a verified one is remembered."""

import time

import pytest

from app.edge import auth
from app.edge.auth import Authenticator
from app.edge.call import Principal
from app.edge.errors import InvalidToken
from app.edge.request import Request
from app.edge.scopes import has_scope
from app.security.keys import KeySet
from tests.unit.edge.support import LOAN, Edge
from tests.unit.edge.tokens import AUDIENCE, ISSUER, PublishedKeys, key_set, public_jwk, token

PATH = f"/v1/loans/{LOAN}/balance"


def request(bearer: str, scheme: str = "Bearer") -> Request:
    return Request([(b"authorization", f"{scheme} {bearer}".encode())])


def authenticator(source: PublishedKeys | None = None) -> Authenticator:
    return Authenticator(KeySet(source or PublishedKeys(key_set())), ISSUER, AUDIENCE)


async def test_no_credentials_are_a_challenge_without_an_error_code(edge: Edge) -> None:
    reply = await edge.get(PATH, without="authorization")
    assert (reply.status, reply.code) == (401, "unauthenticated")
    assert reply.header("www-authenticate") == 'Bearer realm="hpts"'


@pytest.mark.parametrize("header", [b"", b"Basic ZGVtbzpkZW1v", b"Digest x", b"DPoP x", b"Bearerx", b"\xff"])
async def test_another_scheme_is_no_bearer_token(edge: Edge, header: bytes) -> None:
    reply = await edge.get(PATH, (b"authorization", header), without="authorization")
    assert (reply.status, reply.code) == (401, "unauthenticated")


@pytest.mark.parametrize("header", [b"Bearer", b"Bearer ", b"Bearer x", b"bearer a.b.c", b"Bearer \xff"])
async def test_a_bad_token_is_a_challenge_that_says_so(edge: Edge, header: bytes) -> None:
    reply = await edge.get(PATH, (b"authorization", header), without="authorization")
    assert (reply.status, reply.code) == (401, "invalid_token")
    assert (reply.header("www-authenticate") or "").startswith('Bearer realm="hpts", error="invalid_token", error_description="')


async def test_a_doubled_authorization_is_an_invalid_token(edge: Edge) -> None:
    assert (await edge.get(PATH)).status == 200
    reply = await edge.get(PATH, (b"authorization", f"Bearer {edge.bearer}".encode()))
    assert (reply.status, reply.code) == (401, "invalid_token")


async def test_the_scheme_is_matched_in_any_case(edge: Edge) -> None:
    for scheme in ("bearer", "BEARER", "BeArEr"):
        reply = await edge.get(PATH, (b"authorization", f"{scheme} {edge.bearer}".encode()), without="authorization")
        assert reply.status == 200


async def test_a_missing_scope_is_named(edge: Edge) -> None:
    bearer = (b"authorization", f"Bearer {token(scope='hpts:payments:write')}".encode())
    reply = await edge.get(PATH, bearer, without="authorization")
    assert (reply.status, reply.code) == (403, "insufficient_scope")
    assert reply.header("www-authenticate") == 'Bearer realm="hpts", error="insufficient_scope", scope="hpts:balances:read"'
    assert not edge.desk.calls


async def test_liveness_takes_no_token(edge: Edge) -> None:
    reply = await edge.get("/v1/health/live", without="authorization")
    assert (reply.status, edge.desk.calls[0].principal) == (200, None)


async def test_liveness_overlooks_what_a_probe_adds(edge: Edge) -> None:
    assert (await edge.get("/v1/health/live", query=b"probe=1", without="authorization")).status == 200


@pytest.mark.parametrize(
    ("held", "needed", "passes"),
    [
        ("hpts:payments:write", "hpts:payments:write", True),
        ("hpts:payments:writ", "hpts:payments:write", False),
        ("hpts:payments:*", "hpts:payments:write", False),
        ("HPTS:PAYMENTS:WRITE", "hpts:payments:write", False),
        ("hpts:admin:*", "hpts:payments:write", False),
        ("hpts:admin:*", "hpts:admin:fees", True),
        ("hpts:admin:fees", "hpts:admin:fees", True),
        ("hpts:admin:fee", "hpts:admin:fees", False),
        ("hpts:admin:", "hpts:admin:fees", False),
        ("", "hpts:admin:fees", False),
    ],
)
def test_a_scope_is_held_exactly_or_by_the_administrators_star(held: str, needed: str, passes: bool) -> None:
    assert has_scope(Principal("tenant", "actor", frozenset(held.split()), 0.0), needed) is passes


async def test_a_verified_token_is_remembered() -> None:
    known = authenticator()
    seen = request(token())
    assert known.principal(seen) is None
    principal = await known.authenticate(seen)
    assert known.principal(seen) is principal


async def test_a_remembered_token_expires_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    known = authenticator()
    now = int(time.time())
    seen = request(token(exp=now + 60))
    await known.authenticate(seen)
    monkeypatch.setattr(auth, "time", lambda: now + 89.0)
    assert known.principal(seen)
    monkeypatch.setattr(auth, "time", lambda: now + 90.0)
    assert known.principal(seen) is None


async def test_a_remembered_token_is_forgotten_when_the_keys_change() -> None:
    source = PublishedKeys(key_set(public_jwk("ES256", "ES256")))
    known = authenticator(source)
    seen = request(token())
    await known.authenticate(seen)
    source.text = key_set(public_jwk("ES256", "other", 1))
    await known.keys.load()
    assert known.principal(seen) is None
    with pytest.raises(InvalidToken):
        await known.authenticate(seen)


async def test_the_token_verified_longest_ago_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "REMEMBERED", 2)
    known = authenticator()
    first, second, third = (request(token(sub=name)) for name in ("first", "second", "third"))
    for each in (first, second, first, third):
        await known.authenticate(each)
    assert known.principal(first)
    assert known.principal(second) is None
    assert known.principal(third)


async def test_a_refused_token_is_not_remembered() -> None:
    known = authenticator()
    with pytest.raises(InvalidToken):
        await known.authenticate(request(token(which=1)))
    assert not known.known
