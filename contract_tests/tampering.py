"""A deployment that breaks its promises on purpose: the real server behind a relay that changes what passes."""

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from threading import Thread
from wsgiref.types import StartResponse, WSGIEnvironment

import httpx
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from tests.support.waiting import HANG_SECONDS

Before = Callable[[dict[str, str]], None]
"""Changes the headers of a request in place."""
After = Callable[[Request, httpx.Response], bytes]
"""The body to answer with instead."""


@contextmanager
def relay(
    upstream: str,
    before: Before = lambda _: None,
    after: After = lambda _, answer: answer.content,
    without_headers: Collection[str] = (),
) -> Iterator[str]:
    """The address of a relay to `upstream`; `without_headers` are taken from its answers, in lower case."""
    with httpx.Client(base_url=upstream, timeout=HANG_SECONDS) as client:

        def pass_on(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            request = Request(environ)
            headers = {name: value for name, value in request.headers.items() if name not in ("Host", "Connection")}
            before(headers)
            address = environ["RAW_URI"]
            answer = client.request(request.method, address, headers=headers, content=request.get_data())
            dropped = {"content-length", "date", *without_headers}
            kept = [(name, value) for name, value in answer.headers.multi_items() if name not in dropped]
            return Response(after(request, answer), answer.status_code, kept)(environ, start_response)

        server = make_server("127.0.0.1", 0, pass_on, threaded=True, request_handler=_Quiet)
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def one_field_more(path: str) -> After:
    """Successful answers of one path get a field that nobody declared."""

    def changed(request: Request, answer: httpx.Response) -> bytes:
        if answer.is_success and request.path.endswith(path):
            return json.dumps({**answer.json(), "surprise": 1}).encode()
        return answer.content

    return changed


def one_field_less(path: str, name: str) -> After:
    """Successful answers of the paths that match this pattern lose a field."""

    def changed(request: Request, answer: httpx.Response) -> bytes:
        if answer.is_success and re.fullmatch(path, request.path) and name in answer.json():
            return json.dumps({each: value for each, value in answer.json().items() if each != name}).encode()
        return answer.content

    return changed


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing: the tests say what went wrong."""
