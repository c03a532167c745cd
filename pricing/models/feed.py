"""Feeds and their runs."""

import pghistory
from django.db import models

from planner.jobs import Run


@pghistory.track()
class Feed(models.Model):
    """What we decided about a feed. What a feed is, and how it is read, is in pricing.feeds."""

    name = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=80)
    priority = models.PositiveIntegerField(help_text="Where feeds disagree, the lowest number is used.")

    class Meta:
        ordering = ("priority",)

    def __str__(self) -> str:
        return self.title


class FeedSource(models.TextChoices):
    SHIPPED = "shipped", "What ships with the product"
    ADDRESS = "address", "The address on the network"
    FILE = "file", "A file"


class FeedRun(Run):
    """One pull of one feed."""

    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, related_name="runs")
    source = models.CharField(max_length=10, choices=FeedSource, default=FeedSource.SHIPPED)
    file = models.FileField(upload_to="prices/", null=True, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    version = models.CharField(max_length=120, blank=True, help_text="What was read, as the feed names it.")
    refused = models.JSONField(
        default=list, blank=True, help_text="Entries that could not be read, with reasons."
    )
    whose = models.CharField(max_length=60, blank=True, help_text="The provider a file without one is about.")
    verdict = models.JSONField(
        default=dict,
        blank=True,
        help_text="Why the reading was refused as a whole: rule, sentence, what was seen.",
    )
    takes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="taken_by"
    )
    takes_reason = models.TextField(blank=True, help_text="Why a refused reading is right after all.")

    class Meta:
        ordering = ("-pk",)

    @property
    def was_refused_whole(self) -> bool:
        return bool(self.verdict)

    def __str__(self) -> str:
        return f"{self.feed} {self.as_of:%Y-%m-%d %H:%M}"
