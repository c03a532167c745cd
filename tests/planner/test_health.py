from __future__ import annotations

import shutil
from collections import namedtuple
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.utils import timezone

from planner import health
from planner.engine import PolicyError

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import Settings

NOW = datetime(2026, 1, 22, tzinfo=UTC)
Disk = namedtuple("Disk", "total used free")  # noqa: PYI024  the shape of shutil.disk_usage


def test_livez_answers_without_a_database(client: Client) -> None:
    answer = client.get("/livez")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_readyz_says_ok_for_each_part(client: Client) -> None:
    cache.set(health.LAST_TICK, timezone.now())
    answer = client.get("/readyz")
    parts = ("database", "migrations", "policy", "disk", "scheduler")
    assert answer.json() == {"ready": True, "checks": dict.fromkeys(parts, "ok")}
    assert answer.status_code == 200


@pytest.mark.django_db
def test_a_missing_scheduler_is_said_but_stops_no_page(client: Client) -> None:
    cache.delete(health.LAST_TICK)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (200, True)
    assert answer.json()["checks"]["scheduler"] == (
        "Scheduler or worker have not run yet: uploads, pulls and plans wait."
    )


@pytest.mark.django_db
def test_a_full_disk_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Disk(100, 96, 4))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["disk"]) == (503, "Only 4.0% of the disk is free.")


@pytest.mark.django_db
def test_a_missing_cache_table_is_said(settings: Settings) -> None:
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "no_table"}
    }
    assert health.why_no_tick(NOW).startswith("The cache does not answer")


@pytest.mark.django_db
def test_a_policy_that_does_not_load_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise PolicyError("inputs.toml", "data_tags", "type", "no such type")

    monkeypatch.setattr(health, "load_policy", refuse)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (503, False)
    assert answer.json()["checks"]["policy"].startswith("The policy does not load: ")


@pytest.mark.django_db
def test_an_active_policy_this_program_cannot_read_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise PolicyError("inputs.toml", "data_tags", "type", "no such type")

    monkeypatch.setattr(health.basis, "policy", refuse)
    assert health.why_no_policy().startswith("The active policy cannot be read by this program: inputs.toml")


LATE = "Scheduler or worker last ran 31 s ago: uploads, pulls and plans wait."


@pytest.mark.parametrize(("late", "words"), [(30, ""), (31, LATE)])
def test_a_tick_is_late_after_half_a_minute(late: int, words: str) -> None:
    cache.set(health.LAST_TICK, NOW - timedelta(seconds=late))
    assert health.why_no_tick(NOW) == words
