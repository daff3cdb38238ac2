"""The host that a request is for, in the one spelling in which hosts are compared."""

from typing import Final

PORT_DIGITS: Final = b"0123456789"


def host_name(authority: bytes) -> bytes:
    """The host of `host:port` in lower case, without the port and without the dot that may end a complete name."""
    name, colon, port = authority.rpartition(b":")
    is_port = colon and not port.strip(PORT_DIGITS) and (b":" not in name or name.endswith(b"]"))
    return (name if is_port else authority).lower().removesuffix(b".")
