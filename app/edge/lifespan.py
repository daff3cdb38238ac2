"""What is done when the process starts and when it stops, by ASGI's lifespan protocol."""

import logging
from collections.abc import Awaitable, Callable
from typing import Final

from app.edge.asgi_types import ASGIApp, Receive, Scope, Send

logger: Final = logging.getLogger("hpts.lifespan")

Step = Callable[[], Awaitable[None]]


class Lifespan:
    """Runs `startup` before the first request and `shutdown` after the last; everything else goes to `app`."""

    def __init__(self, app: ASGIApp, startup: Step, shutdown: Step) -> None:
        self.app = app
        self.steps = {"lifespan.startup": startup, "lifespan.shutdown": shutdown}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self.app(scope, receive, send)
            return
        phase = ""
        while phase != "lifespan.shutdown":
            phase = (await receive())["type"]
            try:
                await self.steps[phase]()
            except Exception as error:
                logger.exception("%s failed", phase)
                await send({"type": f"{phase}.failed", "message": str(error)})
                return
            await send({"type": f"{phase}.complete"})
