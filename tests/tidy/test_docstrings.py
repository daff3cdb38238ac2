"""Every module of the service and of the clients says what it is."""

import ast

from tests.tidy.sources import SERVICE, sources


def test_every_module_opens_with_a_docstring() -> None:
    assert [source.path for source in sources((*SERVICE, "openapi", "clients")) if not ast.get_docstring(source.tree)] == []
