"""How log lines look, and where the command line sends them: to stderr. Importing configures nothing."""

from __future__ import annotations

import logging
import os
import sys
from typing import Final

from simpleflow import logging_context

__all__ = [
    "BLUE",
    "END",
    "GREEN",
    "ORANGE",
    "RED",
    "YELLOW",
    "ColorModes",
    "SimpleflowFormatter",
    "SyslogFormatter",
    "color_mode",
    "colorize",
    "setup_logging",
]

RED: Final = "\033[91m"
GREEN: Final = "\033[92m"
YELLOW: Final = "\033[93m"
BLUE: Final = "\033[94m"
ORANGE: Final = "\033[33m"
END: Final = "\033[0m"

_OF_LEVEL = {"DEBUG": BLUE, "INFO": GREEN, "WARNING": ORANGE, "ERROR": RED, "CRITICAL": RED}


class ColorModes:
    """When to color: on a terminal, always, or never."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


color_mode = ColorModes.AUTO


def colorize(level_or_color: str, message: object) -> str:
    """Return the message in a color, or in that of a level; plain where `color_mode` says so."""
    if color_mode == ColorModes.NEVER or (color_mode == ColorModes.AUTO and not sys.stderr.isatty()):
        return str(message)
    return f"{_OF_LEVEL.get(level_or_color, level_or_color)}{message}{END}"


class SimpleflowFormatter(logging.Formatter):
    """A line for people: when, how bad, which process, what."""

    def __init__(self) -> None:
        super().__init__(
            "%(asctime)s %(colored_level)s [process=%(processName)s, pid=%(process)d]: %(message)s",
            "%Y-%m-%dT%H:%M:%S",
        )

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        record.colored_level = colorize(record.levelname, record.levelname)
        return super().format(record)


class SyslogFormatter(logging.Formatter):
    """A line for a syslog server: which workflow, which task of it (see `logging_context`), what."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        workflow = (logging_context.get("workflow_id") or "")[:64]
        task = f"{logging_context.get('task_type') or ''}#{logging_context.get('event_id') or ''}"
        return f"{workflow}: {task} {record.levelname} pid={record.process} {super().format(record)}"


def setup_logging() -> None:
    """Send logs to stderr: ours from the level in `LOG_LEVEL` on (INFO), those of others from WARNING on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(SimpleflowFormatter())
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    level = os.environ.get("LOG_LEVEL", "INFO").upper()
    for name in ("simpleflow", "swf"):
        logging.getLogger(name).setLevel(level if level in logging.getLevelNamesMapping() else "INFO")
