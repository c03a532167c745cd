"""What `make up` runs before the programs start; safe to run every time."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from planner.management.sample import load
from planner.tasks import send_feed, send_usage
from pricing import services as pricing_services
from pricing.feeds import FEEDS
from pricing.models import FeedRun
from pricing.models.feed import FeedSource
from workloads.models import User
from workloads.services import people

if TYPE_CHECKING:
    from datetime import datetime


class Command(BaseCommand):
    help = (
        "Puts shipped prices in place and, in an empty database, loads the sample portfolio (SAMPLE=0: prints a "
        "one-time set-up link instead). Prints JSON lines: signins or setup_url."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        as_of = timezone.now()
        call_command("createcachetable")
        self._ship_prices(as_of)
        if not User.objects.exists():
            self._welcome(as_of)
        elif self._signins.exists():
            self.stdout.write(self._signins.read_text(encoding="utf-8"))

    def _ship_prices(self, as_of: datetime) -> None:
        """Every feed has been asked once for what ships with it; the schedule goes on from there."""
        read_before = set(FeedRun.objects.values_list("feed__name", flat=True))
        for name, feed in FEEDS.items():
            if feed.shipped and name not in read_before:
                pricing_services.ask_pull(name, as_of=as_of, send=send_feed, source=FeedSource.SHIPPED)

    @property
    def _signins(self) -> Path:
        return Path(settings.DATA_DIR) / "sample-signins.json"

    def _welcome(self, as_of: datetime) -> None:
        if os.environ.get("SAMPLE", "1") == "0":
            self.stdout.write(json.dumps({"setup_url": people.first_operator_link(as_of)}))
            return
        signins = load.load_portfolio(as_of)
        said = json.dumps({"signins": [asdict(person) for person in signins]})
        self._signins.touch(mode=0o600)
        self._signins.write_text(said, encoding="utf-8")
        load.ask_traffic(Path(settings.UPLOAD_DIR), as_of, send_usage)
        self.stdout.write(said)
