"""`hpts demo` needs a server and its token together, and reports a server that is away or refuses."""

from werkzeug.wrappers import Response

from app.dev.child_process import free_port
from tests.support.http_server import http_server
from tests.unit.cli.conftest import Hpts, error_of


def test_the_demo_on_a_running_server_needs_a_token(hpts: Hpts) -> None:
    code, line = error_of(hpts("demo", "--url", "http://localhost:3000"))
    assert code == 1
    assert "--token" in line


def test_a_server_that_refuses_a_request_is_reported_with_its_answer(hpts: Hpts) -> None:
    with http_server(lambda request: Response(f"refused {request.path}", 401)) as url:
        done = hpts("demo", "--url", f"{url}/v1/", "--token", "stale")
    assert done.exit_code == 1
    assert done.stderr == "hpts: POST /v1/disbursements was answered 401: refused /v1/disbursements\n"


def test_a_server_that_is_away_is_reported(hpts: Hpts) -> None:
    done = hpts("demo", "--url", f"http://127.0.0.1:{free_port()}", "--token", "any")
    assert done.exit_code == 1
    assert done.stderr.startswith("hpts: ")
    assert "Traceback" not in done.output
