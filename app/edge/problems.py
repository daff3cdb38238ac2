"""Turns every exception into a problem document (RFC 9457); nothing else makes an answer of an error.

An exception that is no Refusal is a defect: it is logged with its traceback, and the answer says nothing about its cause.
"""

import logging
import re
from typing import Any, Final

import orjson

from app.contract.document import Contract
from app.edge.admission import Admission
from app.edge.asgi_types import ASGIApp, Headers, Receive, Scope, Send
from app.edge.refusals import ClientGone
from app.edge.request import REFUSAL_KEY, SCOPE_KEY, request_of, trace_of
from app.edge.respond import COMMON, PROBLEM, send_answer
from app.edge.response_check import ContractBreach, ResponseCheck
from app.refusal import Refusal

logger: Final = logging.getLogger("hpts.edge")

INTERNAL_ERROR: Final = "internal_error"
_INSTANCE: Final = re.compile(rb"/(?:[A-Za-z0-9/._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2}){0,2047}")


class Problems:
    """Answers what the application raises, and before it the admission."""

    def __init__(self, app: ASGIApp, contract: Contract, response_check: ResponseCheck, admission: Admission) -> None:
        self.app = app
        self.admission = admission
        self.ordinary = admission.ordinary
        self.catalogue = contract.problems
        self.response_check = response_check

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            if scope[SCOPE_KEY].headers.get(b"host") not in self.ordinary:
                self.admission.check(scope)
            if REFUSAL_KEY in scope:
                raise scope[REFUSAL_KEY]
            await self.app(scope, receive, send)
        except ClientGone:
            return
        except Exception as error:
            if request_of(scope).status:
                raise
            await self._answer(error, scope, send)

    async def _answer(self, error: Exception, scope: Scope, send: Send) -> None:
        request = request_of(scope)
        document = self._document(error, scope)
        headers = _headers(error) + request.response_headers
        text = orjson.dumps(document)
        try:
            self.response_check.compiled(request.operation_id, document["status"], PROBLEM, document)
            self.response_check.before(scope, document["status"], headers, text)
        except Exception as breach:
            traceback = None if isinstance(breach, ContractBreach) else breach
            logger.error("problem not sent: %s", breach, exc_info=traceback, extra=trace_of(request))
            document, headers = self._base(INTERNAL_ERROR, scope), COMMON[PROBLEM] + request.response_headers
            text = orjson.dumps(document)
        request.problem_code = document["code"]
        await send_answer(send, document["status"], headers, text)
        self.response_check.after(scope, document["status"], headers, text)

    def _document(self, error: Exception, scope: Scope) -> dict[str, Any]:
        if not isinstance(error, Refusal) or error.code not in self.catalogue:
            logger.error("request failed", exc_info=error, extra=trace_of(request_of(scope)))
            return self._base(INTERNAL_ERROR, scope)
        document = self._base(error.code, scope) | {"detail": error.detail}
        if error.field_errors:
            document["errors"] = [
                {"field": each.field, "code": each.code, "message": each.message} for each in error.field_errors
            ]
        return document

    def _base(self, code: str, scope: Scope) -> dict[str, Any]:
        problem = self.catalogue[code]
        document = {
            "type": f"/problems/{code}",
            "title": problem.title,
            "status": problem.status,
            "detail": problem.detail,
            "code": code,
            "trace_id": request_of(scope).trace_id,
        }
        path: bytes = scope.get("raw_path") or scope["path"].encode()
        if _INSTANCE.fullmatch(path):
            document["instance"] = path.decode("ascii")
        return document


def _headers(error: Exception) -> Headers:
    """The headers of every problem, those of the refusal itself, and Retry-After where it has one."""
    if not isinstance(error, Refusal):
        return COMMON[PROBLEM]
    seconds = error.retry_after_seconds
    retry_after: Headers = () if seconds is None else ((b"retry-after", b"%d" % seconds),)
    return COMMON[PROBLEM] + error.headers + retry_after
