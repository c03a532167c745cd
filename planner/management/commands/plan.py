"""`manage.py plan [--snapshot NAME] [--as-of DATE]`: decides the whole portfolio now and prints what moved."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from planner import services
from planner.management.day import day
from planner.selectors import runs
from pricing.models import Snapshot

if TYPE_CHECKING:
    from datetime import date


class Command(BaseCommand):
    help = "Decides every workload with today's facts, prices and policy, and prints what moved."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--snapshot", help="name of a frozen price snapshot, for example reference-2026-01"
        )
        parser.add_argument("--as-of", type=day, help="day to decide for, as 2026-01-31")

    def handle(self, *args: Any, **options: Any) -> None:
        run = services.plan_here(as_of=moment(options["as_of"]), snapshot=snapshot(options["snapshot"]))
        if run.is_open:
            raise CommandError(f"Plan {run.pk} is being worked on by a worker already; see its page.")
        if run.state == "failed":
            raise CommandError(run.message)
        for line in runs.moved_lines(run):
            self.stdout.write(line)
        for error in run.errors:
            self.stderr.write(f"{error['name']}: {error['message']}")
        if run.policy and run.snapshot:
            prices = f"{run.snapshot.name} {run.snapshot.sha[:8]}"
            self.stdout.write(f"Policy {run.policy.version} {run.policy.sha[:8]}, prices {prices}.")
        self.stdout.write(run.message)


def moment(given: date | None) -> datetime:
    return datetime(given.year, given.month, given.day, tzinfo=UTC) if given else timezone.now()


def snapshot(name: str | None) -> Snapshot | None:
    if not name:
        return None
    try:
        return services.snapshot_named(name)
    except Snapshot.DoesNotExist:
        known = ", ".join(Snapshot.objects.order_by("-pk").values_list("name", flat=True)[:5]) or "none yet"
        raise CommandError(f"No snapshot is called {name!r}. Known: {known}.") from None
