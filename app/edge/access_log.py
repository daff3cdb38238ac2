"""One line per request, `key=value`, on the logger `hpts.access`."""

import logging
from typing import Final

from app.edge.request import Request

logger: Final = logging.getLogger("hpts.access")


def write(method: str, request: Request, seconds: float) -> None:
    """`-` is written for what is not known."""
    if not logger.isEnabledFor(logging.INFO):
        return
    logger.info(
        "method=%s route=%s status=%d duration_ms=%.3f trace_id=%s tenant_id=%s",
        method,
        request.route or "-",
        request.status,
        seconds * 1000,
        request.trace_id,
        request.tenant_id or "-",
    )
