"""Is the process alive, and is it ready to serve: reasons in words."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from planner.engine import PolicyError, load_policy
from planner.selectors import basis

if TYPE_CHECKING:
    from datetime import datetime

LAST_TICK = "last-tick"  # cache key; the tick task writes the moment it ran
TICK_LATE_SECONDS = 30  # the tick comes every 5 seconds
FREE_DISK = 0.05
WAITING = "uploads, pulls and plans wait."


@login_not_required
@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked, so that a slow database restarts nobody."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when pages can be served, else 503; a late scheduler is said but stops no page."""
    database = why_no_database()
    checks = {
        "database": database,
        "migrations": database or why_not_migrated(),
        "policy": why_no_policy(),
        "disk": why_no_disk(),
    }
    scheduler = database or why_no_tick(timezone.now())
    ready = not any(checks.values())
    words = {name: reason or "ok" for name, reason in (checks | {"scheduler": scheduler}).items()}
    return JsonResponse({"ready": ready, "checks": words}, status=200 if ready else 503)


def why_no_database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return "The database does not answer."
    return ""


def why_not_migrated() -> str:
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    return f"{missing} migrations are not applied: run manage.py migrate." if missing else ""


def why_no_policy() -> str:
    try:
        load_policy()
    except PolicyError as error:
        return f"The policy does not load: {error}"
    try:
        basis.policy()
    except PolicyError as error:
        return f"The active policy cannot be read by this program: {error}"
    return ""


def why_no_disk() -> str:
    disk = shutil.disk_usage(settings.DATA_DIR)
    free = disk.free / disk.total
    return "" if free > FREE_DISK else f"Only {free:.1%} of the disk is free."


def why_no_tick(now: datetime) -> str:
    try:
        ticked = cache.get(LAST_TICK)
    except Error:
        return "The cache does not answer: run manage.py createcachetable."
    if ticked is None:
        return f"Scheduler or worker have not run yet: {WAITING}"
    late_seconds = int((now - ticked).total_seconds())
    return (
        f"Scheduler or worker last ran {late_seconds} s ago: {WAITING}"
        if late_seconds > TICK_LATE_SECONDS
        else ""
    )
