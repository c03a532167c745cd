"""Log lines in UTC that name the request they belong to, as text or as one JSON object a line."""

from __future__ import annotations

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime

request_id: ContextVar[str] = ContextVar("request_id", default="")

# What logging itself puts on a record; anything else was given by `extra=` and is worth keeping.
OWN_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
NOT_FOR_LOGS = frozenset({"request"})  # the request object would print headers and cookies


class JsonFormatter(logging.Formatter):
    """One JSON object a line; JSON escapes line breaks, so a message cannot fake a second line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": request_id.get(),
        }
        line |= {k: v for k, v in vars(record).items() if k not in OWN_FIELDS | NOT_FOR_LOGS}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)


class TextFormatter(logging.Formatter):
    """A line for people; line breaks inside a message are written out, tracebacks keep theirs."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
        message = record.getMessage().replace("\r", "\\r").replace("\n", "\\n")
        line = " ".join(
            part for part in (at, record.levelname, record.name, request_id.get(), message) if part
        )
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line
