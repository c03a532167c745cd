"""`manage.py pull prices --feed NAME [--file F [--provider P]] [--online]`: does what "Pull now" does, here and at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from pricing import services
from pricing.feeds import FEEDS


class Command(BaseCommand):
    help = "Pulls a price feed into the price book and prints what came of it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["prices"])
        parser.add_argument("--feed", required=True, help=", ".join(FEEDS))
        parser.add_argument("--file", type=Path, help="read this price file")
        parser.add_argument(
            "--provider", default="", help="whose prices the file holds, where it does not say"
        )
        parser.add_argument("--online", action="store_true", help="read the newest from the feed's address")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["feed"]
        if name not in FEEDS:
            raise CommandError(f"No feed is called {name!r}. Known: {', '.join(FEEDS)}.")
        upload = _upload(options["file"]) if options["file"] else None
        source = services.source_for(name, has_file=upload is not None, online=options["online"])
        run = services.pull_here(
            name, as_of=timezone.now(), source=source, upload=upload, whose=options["provider"]
        )
        if run.state == "failed":
            raise CommandError(f"{run.feed.title}: {run.message}")
        if run.is_open:
            raise CommandError(f"Pull {run.pk} is being worked on by a worker already; see its page.")
        self.stdout.write(f"{run.feed.title}, {run.version}: {run.message}")
        for refusal in run.refused:
            self.stderr.write(f"{refusal['key']}: {refusal['reason']}")


def _upload(path: Path) -> services.Upload:
    try:
        return services.Upload(path.name, path.read_bytes())
    except OSError as error:
        raise CommandError(f"Cannot read {path}: {error.strerror}.") from error
