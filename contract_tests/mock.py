"""`make mock`: Prism's mock of the contract on http://localhost:4010/v1, until it is interrupted.

Prism answers with the smallest success, which for a posting is that of a replay, and refuses what is invalid with 422 where that
is declared. The service answers 201 and 400, so the mock is of the document without replays and without 422.
"""

import signal
import sys
from collections.abc import Mapping
from typing import Any, Final

from app.conformance.prism import PortTaken, mock
from app.contract.document import load
from app.contract.operations import each_operation
from app.contract.routing_view import BASE_PATH
from contract_tests.node import program

PORT: Final = 4010


def first_answers(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with the answers that a first request gets."""
    paths = {path: dict(item) for path, item in document["paths"].items()}
    for path, method, operation in each_operation(document):
        left_out = {"422"} | ({"200"} if "201" in operation["responses"] else set())
        responses = {status: response for status, response in operation["responses"].items() if status not in left_out}
        paths[path][method] = {**operation, "responses": responses}
    return {**document, "paths": paths}


def main() -> None:
    # An end that is asked for ends Prism too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        with mock(first_answers(load().document), PORT, program("prism")) as running:
            print(f"The mock answers on http://localhost:{PORT}{BASE_PATH}; Ctrl-C ends it.", flush=True)
            running.process.wait()
    except PortTaken as taken:
        sys.exit(f"make mock: {taken}")
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
