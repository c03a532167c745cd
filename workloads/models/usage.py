"""Usage sources, pulls, hourly buckets, and the rules that give traffic to workloads."""

from decimal import Decimal

import pghistory
from django.db import models
from django.db.models import F, Q

from planner.jobs import Run
from workloads.models.registry import Segment, Workload


class SourceKind(models.TextChoices):
    CSV = "csv", "CSV file"
    LITELLM = "litellm", "LiteLLM proxy"


@pghistory.track()
class UsageSource(models.Model):
    """Where usage comes from. Secrets are references (env:NAME or file:PATH), never values."""

    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=10, choices=SourceKind)
    base_url = models.URLField(blank=True)
    key_ref = models.CharField(max_length=200, blank=True, help_text="env:NAME or file:PATH")
    allow_private = models.BooleanField(default=False, help_text="May be reached at a private address.")
    every_hours = models.PositiveIntegerField(default=1)
    history_days = models.PositiveIntegerField(default=30, help_text="How far back the first pull reads.")
    max_bad_percent = models.DecimalField(
        max_digits=5, decimal_places=2, default=Decimal(1), help_text="A file with more bad rows is held."
    )
    max_bad_rows = models.PositiveIntegerField(
        default=25, help_text="This many bad rows never hold a file, whatever their share."
    )
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class UsageRun(Run):
    """One upload, or one window of one source."""

    source = models.ForeignKey(UsageSource, on_delete=models.PROTECT, related_name="runs")
    file = models.FileField(upload_to="usage", blank=True, help_text="Kept only until the run ends.")
    file_name = models.CharField(max_length=200, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    accept_bad = models.BooleanField(default=False, help_text="Count the good rows, however many are bad.")
    window_start = models.DateTimeField(null=True, blank=True)
    window_end = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.source}: {self.file_name or self.window_end}"


class SeenRow(models.Model):
    """A row of a source that was counted: a request is counted once, in however many files it stands."""

    pk = models.CompositePrimaryKey("source_id", "key")
    source = models.ForeignKey(UsageSource, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.UUIDField()

    def __str__(self) -> str:
        return str(self.key)


class UsageBucket(models.Model):
    """One hour of one source and set of dimensions. Tokens are inclusive: input holds cached reads and
    cache writes, output holds reasoning. Null is unknown, never zero.
    """

    source = models.ForeignKey(UsageSource, on_delete=models.PROTECT, related_name="buckets")
    source_key = models.UUIDField(help_text="Hash of hour, traffic and currency: one row each.")
    traffic_key = models.UUIDField(help_text="Hash of provider, model and dimensions: what rules decide on.")
    bucket_start = models.DateTimeField()
    workload = models.ForeignKey(
        Workload, null=True, blank=True, on_delete=models.SET_NULL, related_name="buckets"
    )
    segment = models.ForeignKey(
        Segment, null=True, blank=True, on_delete=models.SET_NULL, related_name="buckets"
    )
    provider = models.CharField(max_length=80, blank=True)
    model = models.CharField(max_length=120)
    dimensions = models.JSONField(
        default=dict, help_text="Raw key alias, tag, metadata ...: attribution re-runs over them."
    )
    requests = models.BigIntegerField(null=True)
    errors = models.BigIntegerField(null=True)
    input_tokens = models.BigIntegerField(null=True)
    cached_input_tokens = models.BigIntegerField(null=True)
    cache_write_tokens = models.BigIntegerField(null=True)
    output_tokens = models.BigIntegerField(null=True)
    reasoning_tokens = models.BigIntegerField(null=True)
    cost_reported = models.DecimalField(max_digits=20, decimal_places=8, null=True)
    cost_currency = models.CharField(max_length=3, blank=True)
    latency_hist = models.JSONField(default=dict, blank=True, help_text="Upper bound in ms -> requests.")
    run = models.ForeignKey(UsageRun, on_delete=models.PROTECT, related_name="buckets")

    class Meta:
        constraints = (
            models.UniqueConstraint("source", "source_key", name="bucket_counted_once"),
            models.CheckConstraint(
                name="bucket_tokens_not_negative",
                condition=(Q(input_tokens=None) | Q(input_tokens__gte=0))
                & (Q(output_tokens=None) | Q(output_tokens__gte=0)),
            ),
            models.CheckConstraint(
                name="bucket_parts_fit_input",
                condition=Q(input_tokens=None)
                | Q(cached_input_tokens=None)
                | Q(cached_input_tokens__lte=F("input_tokens")),
            ),
        )
        indexes = (
            models.Index(fields=("workload", "bucket_start")),
            models.Index(fields=("segment", "bucket_start")),
            models.Index(fields=("bucket_start",)),
            models.Index(fields=("traffic_key",)),
        )

    def __str__(self) -> str:
        return f"{self.bucket_start:%Y-%m-%d %H:00} {self.model}"


@pghistory.track()
class AttributionRule(models.Model):
    """Traffic whose FIELD matches PATTERN belongs to the workload (and segment). First match by priority wins."""

    source = models.ForeignKey(
        UsageSource, null=True, blank=True, on_delete=models.CASCADE, related_name="rules"
    )
    field = models.CharField(max_length=80, help_text="key_alias, tag, metadata.NAME, model ...")
    pattern = models.CharField(max_length=200, help_text="Literal, or with * for any text.")
    workload = models.ForeignKey(Workload, on_delete=models.CASCADE, related_name="rules")
    segment = models.ForeignKey(
        Segment, null=True, blank=True, on_delete=models.CASCADE, related_name="rules"
    )
    priority = models.PositiveIntegerField(default=100)

    class Meta:
        ordering = ("priority", "pk")
        constraints = (
            models.UniqueConstraint(
                "source", "field", "pattern", name="attribution_rule_once", nulls_distinct=False
            ),
        )

    def __str__(self) -> str:
        return f"{self.field} = {self.pattern} -> {self.segment or self.workload}"


class RejectedRow(models.Model):
    """A row that could not be counted, with its place and the reason; without any prompt text."""

    run = models.ForeignKey(UsageRun, on_delete=models.CASCADE, related_name="rejected")
    line = models.BigIntegerField()
    column = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=300)
    row = models.JSONField()

    class Meta:
        ordering = ("run", "line")
        constraints = (models.UniqueConstraint("run", "line", name="rejected_once"),)

    def __str__(self) -> str:
        return " ".join(filter(None, (f"line {self.line}:", self.column, self.reason)))
