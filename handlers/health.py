"""Whether this process runs, and whether it can serve."""

from app import health
from app.edge.call import Answer, Call
from app.services import Services

RETRY_LATER = ((b"retry-after", b"1"),)


async def get_liveness(call: Call, services: Services) -> Answer:
    return Answer(200, {"status": "ok", "version": health.VERSION, "git_sha": health.GIT_SHA})


async def get_readiness(_call: Call, services: Services) -> Answer:
    passed = await health.checks(services.store) | {"key_set": services.keys.is_current()}
    body = {"status": _status(all(passed.values())), "checks": {name: {"status": _status(ok)} for name, ok in passed.items()}}
    return Answer(200, body) if all(passed.values()) else Answer(503, body, RETRY_LATER)


def _status(is_ok: bool) -> str:
    return "ok" if is_ok else "unavailable"
