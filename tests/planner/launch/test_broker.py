"""The queue's schema, and the checks before anything starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from pgmq.base import PGMQConfig
from psycopg.conninfo import conninfo_to_dict

from planner.env import queue_address
from planner.launch import broker
from planner.launch.failure import CannotStartError

if TYPE_CHECKING:
    from planner.launch.postgres import Cluster


def queues(cluster: Cluster) -> list[str]:
    with psycopg.connect(cluster.url) as connection:
        return [row[0] for row in connection.execute("SELECT queue_name FROM pgmq.list_queues()")]


def say(cluster: Cluster, sentence: str) -> None:
    with psycopg.connect(cluster.url) as connection:
        connection.execute(sentence.encode())


@pytest.fixture(autouse=True)
def no_queue_yet(request: pytest.FixtureRequest) -> None:
    """The server is shared by these tests, the queue is not."""
    if "cluster" in request.fixturenames:
        say(request.getfixturevalue("cluster"), "DROP SCHEMA IF EXISTS pgmq CASCADE")


def test_installing_the_queue_twice_keeps_what_waits_in_it(cluster: Cluster) -> None:
    broker.install_queue(cluster.url)
    say(cluster, "SELECT pgmq.create('ingest')")
    broker.install_queue(cluster.url)
    assert queues(cluster) == ["ingest"]


def test_a_schema_of_ours_with_another_version_is_made_anew(cluster: Cluster) -> None:
    broker.install_queue(cluster.url)
    say(cluster, "COMMENT ON SCHEMA pgmq IS 'pgmq 0.1, installed by Sovereignty Planner'")
    broker.install_queue(cluster.url)
    assert queues(cluster) == []


def test_a_schema_that_somebody_else_installed_is_left_alone(cluster: Cluster) -> None:
    broker.install_queue(cluster.url)
    say(cluster, "COMMENT ON SCHEMA pgmq IS NULL")
    say(cluster, "SELECT pgmq.create('theirs')")
    broker.install_queue(cluster.url)
    assert queues(cluster) == ["theirs"]


def test_the_queue_address_survives_pgmq_with_any_password_and_its_options() -> None:
    entry: dict[str, object] = {
        "NAME": "my planner",
        "USER": "o'neil",
        "PASSWORD": "p w'd\\",
        "HOST": "/run/short",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }
    assert conninfo_to_dict(PGMQConfig(conn_string=queue_address(entry)).dsn) == {
        "dbname": "my planner",
        "user": "o'neil",
        "password": "p w'd\\",
        "host": "/run/short",
        "port": "5433",
        "sslmode": "require",
    }


def test_it_says_which_address_does_not_answer_and_never_the_password() -> None:
    with pytest.raises(CannotStartError) as database:
        broker.require_database("postgresql://ana:secret@127.0.0.1:1/planner")
    with pytest.raises(CannotStartError) as address:
        broker.require_database("mysql://ana:secret@127.0.0.1/planner")
    with pytest.raises(CannotStartError) as queue:
        broker.require_broker("redis://:secret@127.0.0.1:1/0")
    assert str(database.value) == (
        'DATABASE_URL: connection failed: connection to server at "127.0.0.1", port 1 failed: Connection refused.'
    )
    assert str(address.value) == (
        "DATABASE_URL must be a PostgreSQL address such as postgresql://user:password@host:5432/name."
    )
    assert str(queue.value) == "CELERY_BROKER_URL: nothing answers at 127.0.0.1:1 (Connection refused)."
