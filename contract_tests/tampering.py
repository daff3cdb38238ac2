"""A deployment that breaks the contract on purpose: the real server, with one field more in every JSON answer of one path."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Thread
from wsgiref.types import StartResponse, WSGIEnvironment

import httpx
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response


@contextmanager
def tampering_relay(upstream: str, path: str) -> Iterator[str]:
    """The address of a relay to `upstream`; successful answers whose path ends in `path` have a field that nobody declared."""
    with httpx.Client(base_url=upstream, timeout=30) as client:

        def relay(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            request = Request(environ)
            headers = {name: value for name, value in request.headers.items() if name not in ("Host", "Connection")}
            answer = client.request(request.method, request.full_path, headers=headers, content=request.get_data())
            content = answer.content
            if answer.is_success and request.path.endswith(path):
                content = json.dumps({**answer.json(), "surprise": 1}).encode()
            kept = [(name, value) for name, value in answer.headers.multi_items() if name not in ("content-length", "date")]
            return Response(content, answer.status_code, kept)(environ, start_response)

        server = make_server("127.0.0.1", 0, relay, threaded=True, request_handler=_Quiet)
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing: the tests say what went wrong."""
