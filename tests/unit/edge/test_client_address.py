"""Where a request came from."""

import pytest

from app.edge.client_address import client_address
from app.edge.request import SCOPE_KEY, Client, Request


@pytest.mark.parametrize(
    ("client", "address"), [(("192.0.2.7", 4711), "192.0.2.7"), (("2001:db8::1", 1), "2001:db8::1"), (None, "")]
)
def test_it_is_the_other_end_of_the_connection(client: tuple[str, int] | None, address: str) -> None:
    assert client_address({"client": client}) == address
    assert client_address({"client": client, SCOPE_KEY: Request(())}) == address
    assert client_address({}) == ""


def test_it_is_the_address_that_a_trusted_proxy_names() -> None:
    request = Request(())
    request.client = Client("192.0.2.9")
    assert client_address({"client": ("10.0.0.1", 1), SCOPE_KEY: request}) == "192.0.2.9"
