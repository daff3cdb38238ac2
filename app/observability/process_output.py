"""Everything that a process writes by other ways than the log, turned into lines of the log.

Libraries print, warn, and leave exceptions to the interpreter. With HPTS_LOG_FORMAT=json whoever reads the output expects nothing
but JSON, so what is printed goes out line by line as records, and uncaught exceptions are logged without the values they hold.
"""

import io
import logging
import sys
import threading
import warnings
from typing import Any, Final

from app.observability.log_lines import JsonFormatter, LogHandler

logger: Final = logging.getLogger("hpts.process")


class LoggedOutput(io.TextIOBase):
    """A text stream whose lines become log records of `level`."""

    def __init__(self, level: int) -> None:
        self._level = level
        self._handler = LogHandler()
        self._handler.setFormatter(JsonFormatter())
        self._begun = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            self._log(line)
        return len(text)

    def flush(self) -> None:
        line, self._begun = self._begun, ""
        self._log(line)

    def _log(self, line: str) -> None:
        if line.strip():
            self._handler.handle(logging.LogRecord("hpts.output", self._level, "", 0, line, None, None))


def log_all_output() -> None:
    """From now on standard output and error, warnings and uncaught exceptions are lines of the log."""
    sys.stdout, sys.stderr = LoggedOutput(logging.INFO), LoggedOutput(logging.ERROR)
    logging.captureWarnings(capture=True)
    warnings.formatwarning = _warning_line
    sys.excepthook = _log_uncaught
    sys.unraisablehook = lambda unraisable: _log(unraisable.exc_value, "an exception could not be raised")
    threading.excepthook = lambda failed: _log(failed.exc_value, "a thread ended with an exception")


def _warning_line(message: Warning | str, category: type[Warning], filename: str, lineno: int, line: str | None = None) -> str:
    return f"{category.__name__}: {message} ({filename}:{lineno})"


def _log_uncaught(_kind: type[BaseException], error: BaseException, _traceback: Any) -> None:
    _log(error, "the process ends with an exception")


def _log(error: BaseException | None, message: str) -> None:
    logger.critical(message, exc_info=error)
