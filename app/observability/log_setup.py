"""Sets up the log of a process: one line for each event on standard error; of libraries only warnings and errors."""

import logging.config
from typing import Final

from app.observability.log_lines import JsonFormatter, LogHandler, TextFormatter
from app.settings import Settings

_FORMATTERS: Final = {"json": JsonFormatter, "text": TextFormatter}


def configure_logs(settings: Settings) -> None:
    """May be called again, as in a process that was forked."""
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"line": {"()": _FORMATTERS[settings.log_format]}},
            "handlers": {"stderr": {"()": LogHandler, "formatter": "line"}},
            "root": {"level": "WARNING", "handlers": ["stderr"]},
            "loggers": {"hpts": {"level": settings.log_level.upper()}},
        }
    )
