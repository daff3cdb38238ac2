"""Whether this process runs, and whether it can serve."""

from app import health
from app.edge.call import Answer, Call
from app.services import Services

RETRY_LATER = ((b"retry-after", b"1"),)
KEYS_UNREAD = "the issuer's key set was not read, or not recently enough"


async def get_liveness(call: Call, services: Services) -> Answer:
    return Answer(200, {"status": "ok", "version": health.VERSION, "git_sha": health.GIT_SHA})


async def get_readiness(_call: Call, services: Services) -> Answer:
    checks = await health.checks(services.store)
    checks |= {"key_set": None if services.keys.is_current() else KEYS_UNREAD}
    is_ready = not any(checks.values())
    body = {"status": _status(is_ready), "checks": {name: _check(problem) for name, problem in checks.items()}}
    return Answer(200, body) if is_ready else Answer(503, body, RETRY_LATER)


def _check(problem: str | None) -> dict[str, str]:
    return {"status": _status(problem is None)} | ({} if problem is None else {"detail": problem})


def _status(is_ok: bool) -> str:
    return "ok" if is_ok else "unavailable"
