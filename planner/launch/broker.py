"""The queue: its schema in our PostgreSQL, or the broker the person named, checked before anything starts."""

from __future__ import annotations

import socket
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psycopg
from pgmq.install import get_embedded_install_sql, get_embedded_sql_version
from psycopg import sql

from planner.launch.failure import CannotStartError

if TYPE_CHECKING:
    from psycopg.rows import TupleRow

PORTS = {"redis": 6379, "rediss": 6379, "amqp": 5672, "amqps": 5671}
OLDEST_SERVER = 150000
LOCK = 7_311_204_518  # any number: two starts at once must not both install


def require_database(url: str) -> None:
    """The named PostgreSQL answers and is recent enough."""
    try:
        with closing(psycopg.connect(url, connect_timeout=5)) as connection:
            version = connection.info.server_version
    except psycopg.ProgrammingError:  # its text repeats the address, and so the password
        raise CannotStartError(
            "DATABASE_URL must be a PostgreSQL address such as postgresql://user:password@host:5432/name."
        ) from None
    except psycopg.OperationalError as error:
        raise CannotStartError(f"DATABASE_URL: {_line(error)}.") from None
    if version < OLDEST_SERVER:
        raise CannotStartError(f"DATABASE_URL: PostgreSQL 15 or later is needed, this is {version // 10000}.")


def require_broker(url: str) -> None:
    """Something answers at the broker's address."""
    parts = urlsplit(url)
    place = (parts.hostname or "localhost", parts.port or PORTS[parts.scheme])
    try:
        socket.create_connection(place, timeout=3).close()
    except OSError as error:
        reason = error.strerror or error
        raise CannotStartError(
            f"CELERY_BROKER_URL: nothing answers at {place[0]}:{place[1]} ({reason})."
        ) from None


def install_queue(database_url: str) -> None:
    """The database carries the queue's schema at the wheel's version.

    The script cannot be run twice, and messages are worthless without their run rows: a schema of ours with
    another version is dropped and made anew, one that somebody else installed is left as it is.
    """
    mine = f"pgmq {get_embedded_sql_version()}, installed by Sovereignty Planner"
    try:
        with psycopg.connect(database_url) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            remark = _remark(connection)
            if remark is None or (remark.startswith("pgmq ") and remark != mine):
                connection.execute("DROP SCHEMA IF EXISTS pgmq CASCADE")
                connection.execute(get_embedded_install_sql().encode())
                connection.execute(sql.SQL("COMMENT ON SCHEMA pgmq IS {}").format(sql.Literal(mine)))
    except psycopg.errors.InsufficientPrivilege as error:
        raise CannotStartError(
            f"The database account may not create the queue's schema ({_line(error)}): "
            "grant it CREATE on the database, or set CELERY_BROKER_URL to Redis or RabbitMQ."
        ) from None


def _remark(connection: psycopg.Connection[TupleRow]) -> str | None:
    """The comment on the queue's schema; None where there is no schema, empty where it is not ours."""
    row = connection.execute(
        "SELECT coalesce(obj_description(oid, 'pg_namespace'), '') FROM pg_namespace WHERE nspname = 'pgmq'"
    ).fetchone()
    return row[0] if row else None


def _line(error: Exception) -> str:
    """The line of a driver's message that says what failed."""
    lines = [line.strip(" \t-.") for line in str(error).splitlines()]
    return next((line for line in lines if "failed: " in line), lines[0])
