"""`make mock`: Prism's mock of the contract on http://localhost:4010/v1, until it is interrupted."""

import signal
import sys
from typing import Final

from app.conformance.prism import mock
from app.contract.document import load
from app.contract.routing_view import BASE_PATH
from contract_tests.node import program

PORT: Final = 4010


def main() -> None:
    # An end that is asked for ends Prism too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        with mock(load().document, PORT, program("prism")) as running:
            print(f"The mock answers on http://localhost:{PORT}{BASE_PATH}; Ctrl-C ends it.", flush=True)
            running.process.wait()
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
