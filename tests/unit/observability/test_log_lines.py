"""The lines of the log: complete, bounded, and one line whatever they hold."""

import logging
from typing import Any

import orjson
import pytest

from app.observability import log_lines
from app.observability.log_lines import (
    LINE_BYTES,
    JsonFormatter,
    LogHandler,
    TextFormatter,
    json_line,
    printable,
    text_value,
    write_line,
)

HOSTILE = "a\r\nb\x00\x1b[31m\x7f\x85\u2028\ud800c"


def record(message: object, *arguments: object, error: Exception | None = None, name: str = "hpts.edge", **extra: str) -> Any:
    made = logging.LogRecord(name, logging.ERROR, "", 0, message, arguments, (type(error), error, None) if error else None)
    made.__dict__.update(extra)
    return made


def as_json(made: Any) -> Any:
    line = JsonFormatter().format(made)
    assert line.endswith("\n")
    assert len(line.splitlines()) == 1
    return orjson.loads(line)


def test_a_json_line_has_time_level_logger_message_and_trace() -> None:
    members = as_json(record("%d failed", 3, trace_id="ab" * 16))
    assert members.pop("time").endswith("Z")
    assert members == {"level": "error", "logger": "hpts.edge", "message": "3 failed", "trace_id": "ab" * 16}


def test_a_text_line_has_the_same() -> None:
    time, line = TextFormatter().format(record("%d failed", 3, trace_id="ab" * 16)).split(" ", 1)
    assert time.endswith("Z")
    assert line == f"ERROR hpts.edge 3 failed trace_id={'ab' * 16}\n"


@pytest.mark.parametrize("formatter", [JsonFormatter(), TextFormatter()])
def test_hostile_characters_end_no_line(formatter: logging.Formatter) -> None:
    line = formatter.format(record(HOSTILE))
    assert len(line.splitlines()) == 1
    assert line.isprintable() or line[:-1].isprintable()


def test_an_error_is_told_with_its_places() -> None:
    members = as_json(record("failed", error=TypeError("no such thing")))
    assert members["exception"] == "TypeError: no such thing"
    assert TextFormatter().format(record("failed", error=TypeError("no such thing"))).endswith("\nTypeError: no such thing\n")


def test_an_error_among_the_arguments_is_told_without_the_values_it_quotes() -> None:
    assert as_json(record("rejected: %s", ValueError("secret")))["message"] == "rejected: ValueError"


def test_what_asyncio_says_of_a_failed_task_is_its_first_line() -> None:
    message = "Task exception was never retrieved\nfuture: <Task exception=ValueError('secret')>"
    assert as_json(record(message, name="asyncio"))["message"] == "Task exception was never retrieved"


@pytest.mark.parametrize("text", ["x" * 100_000, "é" * 50_000, '"' * 50_000])
def test_a_line_is_no_longer_than_a_pipe_takes(text: str) -> None:
    line = json_line({"time": "now", "message": text})
    assert len(line) <= LINE_BYTES
    shown = orjson.loads(line)["message"]
    assert shown.startswith(text[0])
    assert shown.endswith(text[-1])


def test_a_long_traceback_keeps_its_end() -> None:
    members = as_json(record("m" * 10_000, error=TypeError("x" * 10_000 + "end")))
    assert members["exception"].endswith("end")


def test_unprintable_characters_are_written_as_their_numbers() -> None:
    assert printable("a\tb\nc\u2028\ud800") == "a\\u0009b\nc\\u2028\\ud800"


@pytest.mark.parametrize(
    ("value", "text"), [("a/b", "a/b"), ("a b", '"a b"'), ('a"b', '"a\\"b"'), ("a=b", '"a=b"'), (201, "201"), ("", '""')]
)
def test_a_value_in_text_is_quoted_where_it_could_be_mistaken(value: object, text: str) -> None:
    assert text_value(value) == text


def test_a_record_that_cannot_be_written_is_told_without_its_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[bytes] = []
    monkeypatch.setattr(log_lines, "write_line", written.append)
    handler = LogHandler()
    handler.setFormatter(JsonFormatter())
    handler.handle(record("%d failed", "secret"))
    [line] = written
    assert b"secret" not in line
    assert b"could not be" in line or b"TypeError" in line


def test_a_line_goes_to_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    write_line(b"line\n")
    assert capfd.readouterr().err == "line\n"
