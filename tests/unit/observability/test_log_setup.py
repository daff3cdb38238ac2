"""The log of the service: its own events at its level, of libraries only warnings, in the format that is asked for."""

import logging
from collections.abc import Iterator

import orjson
import pytest

from app.observability.log_setup import configure_logs
from app.settings import load_settings


@pytest.fixture(autouse=True)
def _restored_logging() -> Iterator[None]:
    root, own = logging.getLogger(), logging.getLogger("hpts")
    handlers, levels = root.handlers[:], (root.level, own.level)
    yield
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    own.setLevel(levels[1])


def log_something() -> None:
    logging.getLogger("hpts.edge").info("answered")
    logging.getLogger("hpts.edge").debug("details")
    logging.getLogger("library").info("chatter")
    logging.getLogger("library").warning("trouble")


def test_the_service_logs_at_its_level_and_libraries_only_warnings(capfd: pytest.CaptureFixture[str]) -> None:
    configure_logs(load_settings(log_level="info"))
    log_something()
    first, second = capfd.readouterr().err.splitlines()
    assert first.endswith("INFO hpts.edge answered")
    assert second.endswith("WARNING library trouble")


def test_the_same_lines_are_objects_in_json(capfd: pytest.CaptureFixture[str]) -> None:
    configure_logs(load_settings(log_level="info", log_format="json"))
    log_something()
    lines = [orjson.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert [(line["level"], line["logger"], line["message"]) for line in lines] == [
        ("info", "hpts.edge", "answered"),
        ("warning", "library", "trouble"),
    ]
