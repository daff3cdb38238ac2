"""Hosts are compared without port, case and the dot that may end them."""

import pytest

from app.edge.host_name import host_name


@pytest.mark.parametrize(
    ("authority", "name"),
    [
        *(
            (b"a.example", b"a.example"),
            (b"A.Example", b"a.example"),
            (b"a.example.", b"a.example"),
            (b"a.example:8443", b"a.example"),
        ),
        *((b"A.example.:443", b"a.example"), (b"a.example:", b"a.example"), (b"a.example..", b"a.example."), (b"", b"")),
        *((b"127.0.0.1:80", b"127.0.0.1"), (b"[::1]", b"[::1]"), (b"[::1]:80", b"[::1]"), (b"[FE80::A]:1", b"[fe80::a]")),
        *((b"::1", b"::1"), (b"a:b:80", b"a:b:80"), (b"a.example:x", b"a.example:x"), (b":80", b"")),
    ],
)
def test_a_host_has_one_spelling(authority: bytes, name: bytes) -> None:
    assert host_name(authority) == name
