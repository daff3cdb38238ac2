"""A pytest plugin for mutation runs: the laws, which take seconds, are tried only when no test of a single rule has failed."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: "test_ledger_laws" in item.nodeid)
