"""Celery tasks of prices."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from pricing import services


@shared_task(name="pricing.pull_feed")
def pull_feed(*, run_id: int, **kwargs: Any) -> None:
    services.run_pull(run_id)
