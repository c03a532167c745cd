"""`manage.py replay`: proves that kept decisions, computed again, have the same bytes."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from planner.management.day import day
from planner.models import Decision, DecisionRecord, PlanRun
from planner.selectors import replaying
from planner.selectors.words import count_of
from workloads.models import Workload

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet

A_CHUNK = 50
SHOWN = 12
NAMED = 5
WRONG_INPUT = 2


class Command(BaseCommand):
    help = (
        "Computes kept decisions again, from the facts in their records and the policy and prices kept with them, "
        "and compares the bytes. Ends with 1 when one differs or cannot be computed again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "digests", nargs="*", metavar="DIGEST", help="a record, by the start of its digest"
        )
        parser.add_argument("--workload", metavar="NAME", help="every decision on the workloads of this name")
        parser.add_argument("--run", type=int, metavar="N", help="every decision of plan N")
        parser.add_argument("--all", action="store_true", help="every record there is")
        parser.add_argument(
            "--as-of",
            type=day,
            metavar="DATE",
            help="the decisions that held on a day, of all or of --workload",
        )

    def handle(self, *args: object, **options: Any) -> None:
        records, total, equal = _records(options), 0, 0
        began = perf_counter()
        for verdict in replaying.verdicts(records):
            total += 1
            equal += verdict.is_equal
            head = f"{verdict.record.digest[:SHOWN]}  {verdict.record.record['name']}, {verdict.record.record['as_of']}"
            self.stdout.write(
                f"{head}: {verdict.outcome}" + ("" if verdict.is_equal else f". {verdict.words}")
            )
        if not total:
            raise CommandError("No decision is kept that this would replay.", returncode=WRONG_INPUT)
        seconds = perf_counter() - began
        self.stdout.write(
            f"{equal} of {count_of(total, 'decision')} equal to the byte, {total / seconds:,.0f} a second."
        )
        if equal < total:
            raise CommandError(f"{count_of(total - equal, 'decision')} not proved.")


def _records(options: dict[str, Any]) -> Iterable[DecisionRecord]:
    """What was asked for, read a chunk at a time."""
    ways = [bool(options["digests"]), options["all"], options["run"] is not None]
    ways.append(options["workload"] is not None or options["as_of"] is not None)
    if sum(ways) != 1:
        raise CommandError(
            "Say which: one or more DIGESTs, --workload NAME, --run N, --as-of DATE or --all.",
            returncode=WRONG_INPUT,
        )
    if options["digests"]:
        return _by_digest(options["digests"])
    found = replaying.everything() if options["all"] else replaying.of(_decisions(options))
    return found.iterator(chunk_size=A_CHUNK)


def _by_digest(prefixes: list[str]) -> Iterator[DecisionRecord]:
    """Each prefix means one record; all are looked up before the first is computed."""
    return iter([_one(prefix) for prefix in prefixes])


def _one(prefix: str) -> DecisionRecord:
    found = list(replaying.beginning_with(prefix).defer("record")[: NAMED + 1])
    if len(found) == 1:
        return found[0]
    if not found:
        raise CommandError(f"No record's digest begins with {prefix!r}.", returncode=WRONG_INPUT)
    known = ", ".join(record.digest[: max(SHOWN, len(prefix) + 4)] for record in found[:NAMED])
    more = " and more" if len(found) > NAMED else ""
    raise CommandError(
        f"{prefix!r} begins several digests: {known}{more}. Give more of it.", returncode=WRONG_INPUT
    )


def _decisions(options: dict[str, Any]) -> QuerySet[Decision]:
    if options["run"] is not None:
        return Decision.objects.filter(run=_run(options["run"]))
    workloads = _named(options["workload"]) if options["workload"] is not None else Workload.objects.all()
    if options["as_of"] is not None:
        return replaying.held_on(options["as_of"], workloads)
    return Decision.objects.filter(workload__in=workloads)


def _run(pk: int) -> PlanRun:
    found = PlanRun.objects.filter(pk=pk).first()
    if found is None:
        raise CommandError(f"There is no plan {pk}.", returncode=WRONG_INPUT)
    return found


def _named(name: str) -> QuerySet[Workload]:
    found = Workload.objects.filter(name=name)
    if not found.exists():
        alike = Workload.objects.filter(name__icontains=name).order_by("name").values_list("name", flat=True)
        hint = f" Alike: {', '.join(alike[:NAMED])}." if alike else ""
        raise CommandError(f"No workload is called {name!r}.{hint}", returncode=WRONG_INPUT)
    return found
