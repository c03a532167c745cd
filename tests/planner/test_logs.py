from __future__ import annotations

import json
import logging
import sys

from planner.logs import JsonFormatter, TextFormatter, request_id

REASON = "invalid literal for int() with base 10: 'on purpose'"


def record(message: str, **extra: object) -> logging.LogRecord:
    made = logging.makeLogRecord({"name": "planner", "levelname": "INFO", "msg": message, "created": 0.0})
    vars(made).update(extra)
    return made


def test_a_json_line_names_time_level_request_and_extras() -> None:
    token = request_id.set("abc")
    line = JsonFormatter().format(record("pulled", feed="litellm", request="never"))
    request_id.reset(token)
    assert json.loads(line) == {
        "at": "1970-01-01T00:00:00.000+00:00",
        "level": "INFO",
        "logger": "planner",
        "message": "pulled",
        "request_id": "abc",
        "feed": "litellm",
    }


def test_a_line_break_in_a_message_makes_no_second_line() -> None:
    forged = record("name\r\n1970-01-01 admin signed in")
    assert "\n" not in JsonFormatter().format(forged)
    assert (
        TextFormatter().format(forged)
        == "1970-01-01 00:00:00Z INFO planner name\\r\\n1970-01-01 admin signed in"
    )


def test_an_error_brings_its_traceback() -> None:
    try:
        int("on purpose")
    except ValueError:
        failed = record("failed", exc_info=sys.exc_info())
    assert json.loads(JsonFormatter().format(failed))["error"].endswith("ValueError: " + REASON)
    assert TextFormatter().format(failed).endswith("ValueError: " + REASON)
