"""Readers for the environment: each refuses a bad value by the variable's name."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict, make_conninfo

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}
BROKER_SCHEMES = {"redis", "rediss", "amqp", "amqps", "pgmq"}


def env_text(name: str, default: str = "") -> str:
    """The variable's text, or what the file named by NAME_FILE holds."""
    path = os.environ.get(f"{name}_FILE")
    if not path:
        return os.environ.get(name, default)
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE: cannot read {path} ({error.strerror})") from error


def env_bool(name: str, *, default: bool) -> bool:
    text = env_text(name).strip().lower()
    if text in TRUE | FALSE:
        return text in TRUE
    if text:
        raise ImproperlyConfigured(f"{name} must be one of 1, 0, true, false, yes, no, not {text!r}")
    return default


def env_int(name: str, *, default: int, low: int, high: int) -> int:
    text = env_text(name).strip()
    if not text:
        return default
    if not text.isdecimal() or not low <= int(text) <= high:
        raise ImproperlyConfigured(f"{name} must be a number between {low} and {high}, not {text!r}")
    return int(text)


def env_list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in env_text(name, default).split(",") if part.strip()]


def env_choice(name: str, choices: tuple[str, ...], default: str) -> str:
    text = env_text(name, default)
    if text not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}, not {text!r}")
    return text


def env_database(name: str, *, embedded: Path) -> dict[str, object]:
    """A Django database entry from a libpq URL or key-value string (sockets: ?host=/folder).

    Without the variable it is the one whose address `make up` keeps in the file EMBEDDED. Where there is no such
    file the entry leads nowhere: what needs no database runs all the same, and the rest is told by manage.py.
    """
    text = env_text(name) or (embedded.read_text(encoding="utf-8").strip() if embedded.exists() else "")
    text = text or make_conninfo(dbname="planner", host=str(embedded.parent))
    try:
        parts = conninfo_to_dict(text)
    except psycopg.ProgrammingError as error:
        raise ImproperlyConfigured(f"{name} is not a PostgreSQL address: {str(error).strip()}") from error
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    entry: dict[str, object] = {key: str(parts.pop(part, "") or "") for part, key in named.items()}
    if not entry["NAME"]:
        raise ImproperlyConfigured(f"{name} names no database: end it with /name")
    return entry | {"ENGINE": "django.db.backends.postgresql", "OPTIONS": parts, "CONN_MAX_AGE": 60}


def queue_address(database: dict[str, object]) -> str:
    """The database entry as the pgmq transport's conn_string.

    pgmq takes the parts out of it and writes them into a new one without quoting, and drops what it does not
    know, such as sslmode (pgmq 1.1.4, base.py, PGMQConfig.dsn). So every part goes in already quoted, and the
    options travel with the database's name.
    """
    parts = {key.lower(): database[key] for key in ("HOST", "PORT", "USER", "PASSWORD") if database[key]}
    options = database["OPTIONS"]
    extra = options.items() if isinstance(options, dict) else ()
    name = " ".join([_quoted(database["NAME"]), *(f"{key}={_quoted(value)}" for key, value in extra)])
    return make_conninfo(dbname=name, **{key: _quoted(value) for key, value in parts.items()})


def _quoted(value: object) -> str:
    """A value as libpq reads it in a key-value string."""
    return "'" + str(value).replace("\\", "\\\\").replace("'", "\\'") + "'"


def env_broker(name: str) -> str:
    """The broker's URL; empty means the PostgreSQL that holds the data carries the queue too."""
    text = env_text(name)
    if text and urlsplit(text).scheme not in BROKER_SCHEMES:
        raise ImproperlyConfigured(
            f"{name} must start with redis://, rediss://, amqp:// or amqps://, not {text.split(':', 1)[0]!r}"
        )
    return text
