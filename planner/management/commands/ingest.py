"""manage.py ingest usage --source csv FILE: counts a usage file as the upload page does, and waits for it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from planner.jobs import RunState
from workloads.forms.usage import UPLOADS
from workloads.services import usage
from workloads.usage.base import SourceError

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from workloads.models import UsageRun

LOOK_SECONDS = 0.5
ROWS_LISTED = 10


class Command(BaseCommand):
    help = "Counts a usage file. A file that was counted before adds nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["usage"])
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", choices=["csv"], default="csv", help="The format of the file.")
        parser.add_argument("--name", default=UPLOADS, help="The source the file belongs to (%(default)s).")
        parser.add_argument(
            "--accept-bad-rows", action="store_true", help="Count the good rows, however many are bad."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        run, _ = self._ask(options)
        if run.state == RunState.DONE:
            self.stdout.write("0 new rows: this very file was counted before.")
            return
        while run.is_open:  # here, or by a worker that has it already; a lost one is taken over
            usage.run_usage(run.pk)
            run.refresh_from_db()
            time.sleep(LOOK_SECONDS if run.is_open else 0)
        if run.state == RunState.FAILED:
            raise CommandError("\n".join((run.message, *self._listed(run))))
        self.stdout.write(run.message)

    def _listed(self, run: UsageRun) -> list[str]:
        """The first bad rows, and how to count the others all the same."""
        lines = [str(bad) for bad in run.rejected.all()[:ROWS_LISTED]]
        some_good = run.counts.get("bad", 0) < run.counts.get("rows", 0)
        return [*lines, "To count the good rows: --accept-bad-rows."] if lines and some_good else lines

    def _ask(self, options: dict[str, Any]) -> tuple[UsageRun, bool]:
        path: Path = options["file"]
        try:
            with path.open("rb") as stream:
                return usage.ask_file(
                    usage.file_source(options["name"]),
                    stream,
                    name=path.name,
                    as_of=timezone.now(),
                    send=_work_here,
                    accept_bad=options["accept_bad_rows"],
                )
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}.") from error
        except SourceError as error:
            raise CommandError(str(error)) from error


def _work_here(run_id: int) -> None:
    """The command works the run itself; no message goes to the queue."""
